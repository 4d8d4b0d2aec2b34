"""A burn-rate alert that looks back further than its SLO.

An alert over more time than the SLO window counts errors that the budget has already forgotten.

Flagged:
    SLO(..., window=7 * days, tiers=(BurnTier(..., factor=2, long=14 * days, short=1 * days),))
Fine:
    SLO(..., window=30 * days, tiers=(BurnTier(..., factor=2, long=14 * days, short=1 * days),))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.slo import SLO
from relrails.units import exact, text


@check("slo/tier-exceeds-window")
def tier_exceeds_window(slo: SLO) -> Iterator[Problem]:
    """Flag the writer's own tiers with a long window beyond the SLO's."""
    for tier in slo.tiers or ():
        if known(tier.long) and exact(tier.long, "second") > exact(slo.window, "second"):
            yield Problem(
                what=f"an alert of SLO '{slo.name}' looks back {text(tier.long)}, the SLO {text(slo.window)}",
                labels=(Label(at(tier, "long"), text(tier.long)), Label(at(slo, "window"), text(slo.window))),
                why="it would fire for errors that no longer count against the budget",
                fix="a tenth of the SLO window is usual for the slowest alert",
            )
