"""PromQL without `$window`.

relrails asks for events over a window that follows from the scrape interval. An expression without `$window` ignores
it: a range written into it is too short after the next change of the scrape interval, or too slow for a page.

Flagged:
    promql("sum(rate(errors_total[5m]))")

    promql("errors:rate5m")
Fine:
    promql("sum(rate(errors_total[$window]))")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import result, tree
from relrails.checks._literal import inside
from relrails.checks._tokens import tokens
from relrails.checks._use import Written
from relrails.problems import Label, Problem
from relrails.promql.written import WINDOW


@check("promql/no-window")
def no_window(written: Written) -> Iterator[Problem]:
    """Flag expressions that read no `$window`."""
    text = written.promql.text
    if WINDOW in text or tree(text) is None or result(text) in {"scalar", "string"}:
        return
    fixed = next((t for t in tokens(text) if t.inside.endswith("[") and t.kind in {"duration", "number"}), None)
    start, end = (fixed.start, fixed.end) if fixed else (0, len(text))
    yield Problem(
        what=f"`{written.field}` of SLO '{written.slo.name}' has no `{WINDOW}`",
        labels=(Label(inside(written.promql, start, end), "always this range" if fixed else "no range at all"),),
        why="the windows of the alerts follow from the scrape interval, and this expression would not follow them",
        fix=f"write `[{WINDOW}]` for the range" if fixed else f"write the rate of a counter: `rate(...[{WINDOW}])`",
    )
