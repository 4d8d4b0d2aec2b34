"""The alerts of an SLO whose objective and window make sense."""

from relrails.rules.burn_windows import Tier, tiers
from relrails.slo import SLO
from relrails.units import exact


def tiers_of(slo: SLO) -> tuple[Tier, ...]:
    """Give the burn-rate alerts; none where objective or window are already a problem of their own."""
    return tiers(slo) if 0 < slo.goal < 1 and exact(slo.window, "day") >= 7 else ()
