"""An SLO window that is too short for burn-rate alerts.

An alert over a day is a warning within a month, and half of the promise within two days. Below a week there is no row
of alerts that is both quicker than the budget and slower than noise; and a window that does not hold a weekend and a
Monday depends on the day on which one looks.

Flagged:
    SLO(..., window=3 * days)
Fine:
    SLO(..., window=7 * days)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import percent_of
from relrails.problems import Label, Problem
from relrails.slo import SLO
from relrails.units import days, exact, text

LEAST = 7 * days


@check("slo/window-too-short")
def window_too_short(slo: SLO) -> Iterator[Problem]:
    """Flag windows of less than a week."""
    window = exact(slo.window, "day")
    if window < exact(LEAST, "day"):
        hour = 1 / (window * 24)
        yield Problem(
            what=f"SLO '{slo.name}' is kept over only {text(slo.window)}",
            labels=(Label(at(slo, "window"), f"must be at least {text(LEAST)}"),),
            why=f"one hour is {percent_of(hour)} of {text(slo.window)}, so the budget would be spent, or back, "
            f"before anybody has acted on it",
            fix="`7 * days` is the shortest that holds every day of the week; `30 * days` is the usual one",
        )
