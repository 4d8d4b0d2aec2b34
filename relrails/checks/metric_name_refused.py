"""A metric or label name that Prometheus refuses.

Names have letters, digits and underscores, and do not begin with a digit. Prometheus 3 allows more where it is quoted,
2.x refuses the whole rule file.

Flagged:
    metric.Counter("http.requests_total").where(job="checkout")

    metric.Counter("http_requests_total").where(**{"status-code": "500"}, job="checkout")
Fine:
    metric.Counter("http_requests_total").where(job="checkout")
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._use import Use
from relrails.problems import Label, Problem

_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@check("metric/name-refused", waivable=False)
def name_refused(use: Use) -> Iterator[Problem]:
    """Flag names with other characters."""
    named = [(use.metric.name, _METRIC, "metric"), *((m.label, _LABEL, "label") for m in use.metric.matchers)]
    for name, allowed, kind in named:
        if not allowed.fullmatch(name):
            span = use.name if kind == "metric" else use.label(name)
            better = re.sub(r"[^a-zA-Z0-9_]", "_", name).lstrip("0123456789")
            yield Problem(
                what=f"{name!r} is no {kind} name",
                labels=(Label(span, "only letters, digits and `_`, and no digit first"),),
                why="Prometheus 2 refuses a rule file with such a name, and then loads none of its rules",
                fix=f"write `{better}`, as exporters for Prometheus do" if better else "write the name of the exporter",
            )
