"""A header that is not one line.

Flagged:
    get("/", headers={"X Tenant": "a"})

    get("/", headers={"X-Tenant": "a\\r\\nX-Admin: yes"})

    get("/", headers={"Host": "elsewhere.example.com"})
Fine:
    get("/", headers={"X-Tenant": "a"})
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Poll, Step
from relrails.problems import Label, Problem

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS = {"host", "content-length", "transfer-encoding", "connection", "traceparent", "tracestate"}


@check("step/header-refused", waivable=False)
def header_refused(step: Step | Poll) -> Iterator[Problem]:
    """Flag names that are no token, values of several lines, and headers that the prober writes itself."""
    for name, value in step.request.headers.items():
        fault = None
        if not _TOKEN.fullmatch(name):
            fault = f"{name!r} is no name of a header"
        elif name.lower() in _OURS:
            fault = f"the prober writes {name} itself"
        elif isinstance(value, str) and not value.isprintable():
            fault = f"the value of {name} has a character that ends the line"
        if fault is not None:
            yield Problem(
                what=f"step '{step.name}' sends a header that cannot be sent",
                labels=(Label(at(step.request, "headers"), fault),),
                why="the request would be another one than it says, or none",
                fix="letters, digits and hyphens for the name, one line for the value",
            )
