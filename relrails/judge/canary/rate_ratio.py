"""The sequential test of a ratio of two rates: valid at every look, for a regression there is or one that comes late.

Given d = e_c + e_b bad events in a look, of n_c and n_b events, e_c is Binomial(d, theta_r) where the canary's rate is
r times the stable one's, theta_r = r n_c / (r n_c + n_b). Whatever changes both rates, or the split of the traffic,
drops out. For each of a grid of ratios r1 above the tolerated r0,
    LLR = e_c ln(r1 / r0) + (e_c + e_b) ln((r0 n_c + n_b) / (r1 n_c + n_b))
E_cum is the mean over the grid of exp(sum of LLR / phi); E_cp is the same for a regression that begins at any of the T
planned looks, with equal probability: A_t = exp(LLR_t / phi) (A_(t-1) + 1/T), E_cp = mean A_t + (T - t) / T. Their
mean is the evidence: under every r <= r0 it is a non-negative supermartingale that starts at 1 (for phi = 1), so that
it ever reaches 1/alpha with a probability of at most alpha.
The same with r0 = the unacceptable ratio and r1 below it is the evidence for health.
Source: Wald 1945; Robbins 1970; Lindon and Malek, arXiv 2011.03567; Shin, Ramdas and Rinaldo, arXiv 2203.03532 for the
mixture over beginnings; Page 1954 for the look at which a regression began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, inf, log

from relrails.canary.resolved import GRID

HEALTHY = (0.25, 0.35, 0.5, 0.6, 0.7)
"""Ratios that a healthy canary may have, times the unacceptable one."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Events of both tracks, summed over looks."""

    canary_total: float = 0
    canary_bad: float = 0
    stable_total: float = 0
    stable_bad: float = 0

    def plus(self, other: "Tally") -> "Tally":
        """Add another."""
        return Tally(
            self.canary_total + other.canary_total,
            self.canary_bad + other.canary_bad,
            self.stable_total + other.stable_total,
            self.stable_bad + other.stable_bad,
        )

    @property
    def canary_rate(self) -> float:
        """Bad of all, on the canary."""
        return self.canary_bad / self.canary_total if self.canary_total > 0 else 0.0

    @property
    def stable_rate(self) -> float:
        """Bad of all, on the stable version."""
        return self.stable_bad / self.stable_total if self.stable_total > 0 else 0.0

    @property
    def ratio(self) -> float:
        """How many times the stable version's rate the canary's is."""
        if self.stable_rate > 0:
            return self.canary_rate / self.stable_rate
        return inf if self.canary_rate > 0 else 1.0


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Stream:
    """The evidence of one comparison so far, as logarithms: one number for each ratio of the grid.

    `steady` sums the LLR, `onset` is A, `healthy` sums the LLR towards health. `whole` counts everything, and `since`
    what came since `first_bad`, the look at which a regression would have begun if there were one.
    """

    steady: tuple[float, ...] = (0.0,) * len(GRID)
    onset: tuple[float, ...] = (-inf,) * len(GRID)
    healthy: tuple[float, ...] = (0.0,) * len(HEALTHY)
    looks: int = 0
    whole: Tally = NOTHING
    since: Tally = NOTHING
    first_bad: int = 0
    drift: float = 0.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What a comparison is held against."""

    tolerated: float
    unacceptable: float
    phi: float
    planned: int


def advance(stream: Stream, tally: Tally, look: int, terms: Terms) -> Stream:
    """Add the counts of one look."""
    worse = _llrs(tally, terms.tolerated, _scaled(GRID, terms.tolerated), terms.phi)
    better = _llrs(tally, terms.unacceptable, _scaled(HEALTHY, terms.unacceptable), terms.phi)
    # A regression can begin at any planned look; after those, only what has begun goes on.
    fresh = -log(terms.planned) if stream.looks < terms.planned else -inf
    drift = stream.drift + _llrs(tally, terms.tolerated, (2 * terms.tolerated,), terms.phi)[0]
    begins = stream.drift <= 0
    return Stream(
        steady=tuple(s + x for s, x in zip(stream.steady, worse, strict=True)),
        onset=tuple(x + _log_sum((a, fresh)) for a, x in zip(stream.onset, worse, strict=True)),
        healthy=tuple(s + x for s, x in zip(stream.healthy, better, strict=True)),
        looks=stream.looks + 1,
        whole=stream.whole.plus(tally),
        since=tally if begins else stream.since.plus(tally),
        first_bad=look if begins else stream.first_bad,
        drift=max(0.0, drift),
    )


def llr(tally: Tally, null: float, ratio: float) -> float:
    """Give the logarithm of the likelihood ratio of one look, for one ratio of the rates against the null's."""
    return _llrs(tally, null, (ratio,), 1)[0]


def log_worse(stream: Stream, planned: int) -> float:
    """Give the evidence that the canary is worse than tolerated: the logarithm of E."""
    begun = _log_sum(stream.onset) - log(len(GRID))
    left = (planned - stream.looks) / planned
    to_come = log(left) if left > 0 else -inf
    steady = _log_sum(stream.steady) - log(len(GRID))
    return _log_sum((steady, _log_sum((begun, to_come)))) - log(2)


def log_healthy(stream: Stream) -> float:
    """Give the evidence that the canary is better than unacceptable."""
    return _log_sum(stream.healthy) - log(len(HEALTHY))


def _llrs(tally: Tally, null: float, ratios: tuple[float, ...], phi: float) -> list[float]:
    canary, stable = tally.canary_total, tally.stable_total
    bad, both = tally.canary_bad, tally.canary_bad + tally.stable_bad
    if both == 0 or canary == 0 or stable == 0:
        return [0.0] * len(ratios)
    top = null * canary + stable
    return [(bad * log(r / null) + both * log(top / (r * canary + stable))) / phi for r in ratios]


@cache
def _scaled(ratios: tuple[float, ...], by: float) -> tuple[float, ...]:
    return tuple(r * by for r in ratios)


def _log_sum(logs: Sequence[float]) -> float:
    """Add numbers given as logarithms, none of which need fit a float."""
    largest = max(logs)
    if largest in {-inf, inf}:
        return largest
    return largest + log(sum(exp(x - largest) for x in logs))


def log_mean(logs: Sequence[float]) -> float:
    """Average numbers given as logarithms: an average of e-values is one."""
    return _log_sum(logs) - log(len(logs))
