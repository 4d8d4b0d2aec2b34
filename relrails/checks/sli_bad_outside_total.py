"""An SLI that counts bad events which are no events.

Bad events are a part of all events. Where `total` is narrowed by a label and `bad`, of the same metric, is not narrowed
in the same way, failures of others are counted against this service, and the error ratio can exceed 1.

Flagged:
    sli.Availability(
        total=requests.where(handler="/pay"),
        bad=requests.where(code=metric.matching("5..")),
    )
Fine:
    sli.Availability(
        total=requests.where(handler="/pay"),
        bad=requests.where(handler="/pay", code=metric.matching("5..")),
    )

    sli.Availability(total=requests.where(code=metric.other_than("499")), bad=requests.where(code="500"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._say import listed
from relrails.checks._use import uses
from relrails.problems import Label, Problem
from relrails.promql.example import accepts
from relrails.slo import SLO


@check("sli/bad-outside-total")
def bad_outside_total(slo: SLO) -> Iterator[Problem]:
    """Flag a part that is not narrowed as the whole is."""
    found = {u.field: u for u in uses(slo)}
    total = found.get("total")
    for part in (found.get("bad"), found.get("good")):
        if total is None or part is None or part.metric.name != total.metric.name:
            continue
        equal = {m.label: m for m in part.metric.matchers if m.op == "="}
        wider = [
            m
            for m in total.metric.matchers
            if m not in part.metric.matchers and not (m.label in equal and accepts(m, equal[m.label].value))
        ]
        if wider:
            told = listed(f'{m.label}{m.op}"{m.value}"' for m in wider)
            yield Problem(
                what=f"SLO '{slo.name}' counts {part.field} events that are not in its total",
                labels=(Label(part.place, f"not narrowed by {told}"), Label(total.place, "all events")),
                why=f"events of other {listed(sorted({m.label for m in wider}))} values would count, and the error "
                f"ratio could be above 1",
                fix=f"narrow both alike: make `{part.field}` from the metric that `total` is",
            )
