"""A link to traces or logs that leads to all of them.

In `traces` and `logs` `{trace_id}` is replaced by the trace of the last failure. Without it the link of every alert
opens the same page, with everything on it.

Flagged:
    Service(..., traces="https://tempo.example.com/explore")

    Service(..., logs="https://loki.example.com/{journey}")

    Service(..., traces="tempo/{trace_id}")
Fine:
    Service(..., traces="https://tempo.example.com/{trace_id}", logs="https://loki.example.com/?{journey}+{trace_id}")
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._names import link_fault
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("journey/link-without-trace")
def link_without_trace(service: Service) -> Iterator[Problem]:
    """Flag templates without the trace, those that are no links, and names in them that nothing replaces."""
    for field in ("traces", "logs"):
        link = getattr(service, field)
        fault = _fault(link)
        if link and fault is not None:
            yield Problem(
                what=f"the link of '{service.name}' to {field} does not lead to a trace",
                labels=(Label(at(service, field), fault),),
                why="it stands in every alert of a journey, and who follows it looks for one run of thousands",
                fix=f'for example `{field}="https://grafana.example.com/explore/{field}/{{trace_id}}"`',
            )


def _fault(link: str) -> str | None:
    odd = sorted(set(re.findall(r"{(\w*)}", link)) - {"trace_id", "journey"})
    if odd:
        return f"nothing replaces `{{{odd[0]}}}`"
    return "has no `{trace_id}`" if "{trace_id}" not in link else link_fault(link)
