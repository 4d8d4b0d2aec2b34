"""Whether the canary is slower than the stable version."""

from dataclasses import dataclass, field

from relrails.slo import SLO
from relrails.source import Source, here
from relrails.units import Ratio, percent


@dataclass(frozen=True, kw_only=True, slots=True)
class Latency:
    """The answers of a latency SLO, counted by bucket for canary and stable: `Latency(slo=latency)`.

    Two tests share the `weight`: the share of answers slower than the SLO's threshold, which must be a bucket's bound,
    and the whole distribution, which also sees a tail far from it. The ratios compare shares of slow answers, not
    milliseconds: within `tolerated_spread` the shares beyond any bucket may differ.

    `max_ratio`, where given, adds a third: the `quantile` must not be so many times that of the stable version. It can
    only be as fine as the buckets are.
    """

    slo: SLO
    weight: float = 1
    tolerated_ratio: float = 1
    tolerated_spread: float = 1.1
    unacceptable_ratio: float = 2
    min_ratio: float = 1.25
    min_delta: Ratio = 0.1 * percent
    min_bad: int = 5
    quantile: Ratio = 95 * percent
    max_ratio: float | None = None
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The name of the SLO, by which its counts and its reasons are called."""
        return self.slo.name
