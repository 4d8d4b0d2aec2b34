"""An SLO without any burn-rate alert.

`tiers=()` replaces the table by nothing. Nobody hears of a burning budget until it is nearly spent.

Flagged:
    SLO(..., tiers=())
Fine:
    SLO(...)

    BurnTier(...)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem, Severity
from relrails.slo import SLO


@check("slo/no-tiers", severity=Severity.WARNING)
def no_tiers(slo: SLO) -> Iterator[Problem]:
    """Flag empty tables of tiers."""
    if slo.tiers is not None and not slo.tiers:
        yield Problem(
            what=f"SLO '{slo.name}' has no burn-rate alert",
            labels=(Label(at(slo, "tiers"), "replaces the table by nothing"),),
            why="an outage would be noticed only by the ticket about a low error budget",
            fix="leave `tiers` out, and the table for its window is used",
        )
