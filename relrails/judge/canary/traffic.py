"""Whether the traffic is split as declared, and whether both tracks suffer alike."""

from math import log

from relrails.judge.canary.events import Counts
from relrails.judge.canary.rate_ratio import Tally

CLEAR = log(1e6)
"""Evidence, as a logarithm, beyond which a share is not chance; a run has dozens of looks."""
WORSE = 2.0
"""How many times its rate before an incident is."""
SURE = log(1e3)


def off(canary: float, stable: float, share: float, tolerance: float) -> bool:
    """Tell whether the canary's part of the requests is clearly further from its share than tolerated.

    The bound is Chernoff's: n KL(seen, limit), for the limit of the tolerance that is nearer.
    """
    n = canary + stable
    if n <= 0:
        return False
    seen = canary / n
    low, high = share * (1 - tolerance), min(1.0, share * (1 + tolerance))
    if low <= seen <= high:
        return False
    return n * divergence(seen, low if seen < low else high) > CLEAR


def incident(look: Tally, before: Counts, phi: float) -> bool:
    """Tell whether both tracks fare clearly worse in a look than the stable version did before."""
    if before.total <= 0:
        return False
    # With nothing bad before, one event more is what its rate may have been.
    limit = WORSE * max(before.bad, 1.0) / before.total
    if limit >= 1 or min(look.stable_rate, look.canary_rate) <= limit:
        return False
    return look.stable_total * divergence(look.stable_rate, limit) / phi > SURE


def divergence(seen: float, rate: float) -> float:
    """Give the Kullback-Leibler divergence of one yes-or-no rate from another."""
    if not 0 < rate < 1:
        return 0.0 if seen == rate else float("inf")
    out = 0.0
    if seen > 0:
        out += seen * log(seen / rate)
    if seen < 1:
        out += (1 - seen) * log((1 - seen) / (1 - rate))
    return out
