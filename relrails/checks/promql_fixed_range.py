"""PromQL with a second range beside `$window`.

Bad and total events have to be counted over the same time. A range of its own makes a part of the expression lag behind
the rest, and the error ratio wrong while traffic changes.

Flagged:
    promql("rate(errors_total[$window]) + rate(drops_total[5m])")
Fine:
    promql("rate(errors_total[$window]) + rate(drops_total[$window])")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import STAND_IN, filled, tree
from relrails.checks._literal import inside
from relrails.checks._tokens import tokens
from relrails.checks._use import Written
from relrails.problems import Label, Problem, Severity
from relrails.promql.written import WINDOW


@check("promql/fixed-range", severity=Severity.WARNING)
def fixed_range(written: Written) -> Iterator[Problem]:
    """Flag durations in square brackets next to a `$window`."""
    text = written.promql.text
    if WINDOW not in text or tree(text) is None:
        return
    for token in tokens(filled(text)):
        if token.inside.endswith("[") and token.kind == "duration" and token.text != STAND_IN:
            yield Problem(
                what=f"`{written.field}` of SLO '{written.slo.name}' reads `[{token.text}]` beside `[{WINDOW}]`",
                labels=(Label(inside(written.promql, token.start, token.end), "another range"),),
                why="the two parts would count over different times, and disagree whenever traffic changes",
                fix=f"write `[{WINDOW}]` here too",
            )
