"""PromQL that gives a ratio where events are counted.

An SLI of the writer's own PromQL has two halves: bad events and all events. relrails adds each of them up and divides
once, at the end. A ratio that is added up over time weighs a quiet night as much as a busy noon.

Flagged:
    promql("sum(rate(errors_total[$window])) / sum(rate(jobs_total[$window]))")
Fine:
    promql("sum(rate(errors_total[$window])) / 1000")

    promql("sum(rate(errors_total[$window]))")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import outermost_division
from relrails.checks._literal import inside
from relrails.checks._tokens import tokens
from relrails.checks._use import Written
from relrails.problems import Label, Problem


@check("promql/ratio-instead-of-events")
def ratio_instead_of_events(written: Written) -> Iterator[Problem]:
    """Flag a division of two series as the last thing that is done."""
    text = written.promql.text
    if not outermost_division(text):
        return
    sign = next((t for t in reversed(tokens(text)) if t.text == "/" and not t.inside), None)
    start, end = (sign.start, sign.end) if sign else (0, len(text))
    yield Problem(
        what=f"`{written.field}` of SLO '{written.slo.name}' is a ratio, not a number of events",
        labels=(Label(inside(written.promql, start, end), "divides"),),
        why="ratios added up over time weigh a quiet night as much as a busy noon, and the budget would be wrong",
        fix="give what is above the line as `bad` and what is below it as `total`",
    )
