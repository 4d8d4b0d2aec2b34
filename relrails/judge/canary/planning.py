"""What a canary can see, and how soon, before it runs.

With d bad events in both tracks together the evidence for a ratio r grows by KL(theta_r || theta_1) an event, and has
to reach ln(1/alpha) + ln K, where K is the size of the grid; so many events take d / (rps ((1 - w) p + w p r)) seconds.
Likewise the evidence of health, towards ln(2/beta), while r is 1. These are expectations: half of the canaries are
slower, so that what must be seen in a given time is held to MARGIN of it. `python -m bench canary` has what was seen.
"""

from dataclasses import dataclass
from math import inf, log

from relrails.canary.resolved import GRID, ResolvedPolicy, ResolvedTest
from relrails.judge.canary.beta_mixture import surely_below
from relrails.judge.canary.rate_ratio import HEALTHY
from relrails.judge.canary.traffic import divergence

MARGIN = 1.3
"""How much longer than expected one has to wait to be fairly sure; from simulation."""
LARGEST = 1000.0
_HALVINGS = 50
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Traffic:
    """Requests per second on both tracks together, the canary's share of them, and the share that is bad today."""

    rps: float
    share: float
    bad: float


def seconds_to_see(ratio: float, test: ResolvedTest, policy: ResolvedPolicy, traffic: Traffic) -> float:
    """Give the seconds of observation after which a canary so many times as bad is expected to be rolled back."""
    theta, null = (_theta(r, traffic.share) for r in (ratio, test.tolerated_ratio))
    gain = divergence(theta, null)
    if ratio <= test.tolerated_ratio or gain <= 0 or test.weight <= 0 or too_small(ratio, test, traffic):
        return inf
    events = (-log(policy.alpha * test.weight) + log(len(GRID))) / gain
    return max(events / _bad_per_second(ratio, traffic), _until_requests(policy, traffic))


def seconds_to_accept(test: ResolvedTest, policy: ResolvedPolicy, traffic: Traffic) -> float:
    """Give the seconds of observation after which a healthy canary is expected to be accepted."""
    half = policy.beta / 2
    gain = divergence(_theta(1, traffic.share), _theta(test.unacceptable_ratio, traffic.share))
    compared = (log(len(HEALTHY)) - log(half)) / gain / _bad_per_second(1, traffic) if gain > 0 else inf
    return max(min(compared, _alone(test, half, traffic)), _until_requests(policy, traffic))


def too_small(ratio: float, test: ResolvedTest, traffic: Traffic) -> bool:
    """Tell whether the policy rolls nothing back for a difference of that size, however sure it is."""
    return ratio < smallest_that_matters(test, traffic) * (1 - _ROUNDING)


def smallest_that_matters(test: ResolvedTest, traffic: Traffic) -> float:
    """Give the ratio from which on the policy rolls back what is sure."""
    return max(test.min_ratio, 1 + test.min_delta / traffic.bad)


def smallest_ratio(seconds: float, test: ResolvedTest, policy: ResolvedPolicy, traffic: Traffic) -> float:
    """Give the smallest ratio that is fairly surely seen in a time; infinite where there is none."""
    low, high = test.tolerated_ratio, min(LARGEST, 1 / traffic.bad)  # more than all cannot be bad
    if seconds_to_see(high, test, policy, traffic) * MARGIN > seconds:
        return inf
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if seconds_to_see(middle, test, policy, traffic) * MARGIN > seconds:
            low = middle
        else:
            high = middle
    return high


def _alone(test: ResolvedTest, alpha: float, traffic: Traffic) -> float:
    """Seconds until the canary's own rate is surely within the SLO."""
    if traffic.bad >= test.allowance:
        return inf
    low, high = 0.0, 1e9
    if not surely_below(traffic.bad * high, high, test.allowance, alpha):
        return inf
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if surely_below(traffic.bad * middle, middle, test.allowance, alpha):
            high = middle
        else:
            low = middle
    return high / (traffic.rps * traffic.share)


def _theta(ratio: float, share: float) -> float:
    return ratio * share / (ratio * share + 1 - share)


def _bad_per_second(ratio: float, traffic: Traffic) -> float:
    worse = min(1.0, traffic.bad * ratio)
    return traffic.rps * ((1 - traffic.share) * traffic.bad + traffic.share * worse)


def _until_requests(policy: ResolvedPolicy, traffic: Traffic) -> float:
    return policy.min_requests / (traffic.rps * traffic.share)
