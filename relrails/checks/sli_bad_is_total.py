"""An SLI whose bad events are all events.

When both read the same series the error ratio is 1 from the first event on. Most often a `.where(...)` was forgotten.

Flagged:
    sli.Availability(total=requests, bad=requests)

    sli.Ratio(total=promql('rate(a_total{job="a"}[$window])'), bad=promql('rate(a_total{job="a"}[$window])'))
Fine:
    sli.Availability(total=requests, bad=requests.where(code=metric.matching("5..")))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._use import uses, written
from relrails.problems import Label, Problem
from relrails.slo import SLO


@check("sli/bad-is-total")
def bad_is_total(slo: SLO) -> Iterator[Problem]:
    """Flag SLIs that read the same series for a part as for the whole."""
    found: dict[str, object] = {u.field: u.metric.selector for u in uses(slo)}
    found |= {w.field: "".join(w.promql.text.split()) for w in written(slo)}
    for part in ("bad", "good"):
        if part in found and found[part] == found.get("total"):
            yield Problem(
                what=f"every event of SLO '{slo.name}' is {part}",
                labels=(Label(at(slo.sli, part), "the same series as"), Label(at(slo.sli, "total"), "all events")),
                why=f"the error ratio would be {1 if part == 'bad' else 0} from the first event on",
                fix=f"narrow `{part}`, for example `.where({'code' if part == 'bad' else 'outcome'}=...)`",
            )
