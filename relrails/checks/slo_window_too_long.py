"""An SLO window of more than a year.

The budget is a sum of five-minute sums, read every five minutes: a year has 105,120 of them. Beyond that the query is
dear, few Prometheis keep the samples, and nobody remembers what spent the budget.

Flagged:
    SLO(..., window=1000 * days)
Fine:
    SLO(..., window=365 * days)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.slo import SLO
from relrails.units import days, exact, text

MOST = 366 * days


@check("slo/window-too-long")
def window_too_long(slo: SLO) -> Iterator[Problem]:
    """Flag windows of more than a year."""
    window = exact(slo.window, "day")
    if window > exact(MOST, "day"):
        yield Problem(
            what=f"SLO '{slo.name}' is kept over {text(slo.window)}",
            labels=(Label(at(slo, "window"), f"must be at most {text(MOST)}"),),
            why=f"every five minutes the budget would add up {int(window * 288):,} samples for each series",
            fix="`30 * days` or `90 * days` say sooner whether a promise is kept",
        )
