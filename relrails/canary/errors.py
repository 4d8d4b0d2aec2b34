"""Whether the canary fails more often than the stable version."""

from dataclasses import dataclass, field

from relrails.slo import SLO
from relrails.source import Source, here
from relrails.units import Ratio, percent


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorRate:
    """The bad events of an SLO, counted for canary and stable: `ErrorRate(slo=availability)`.

    A canary whose rate is more than `tolerated_ratio` times that of the stable version is worse; one whose rate is
    surely below `unacceptable_ratio` times it, or surely within the SLO, is accepted. However sure the numbers, nothing
    is rolled back below `min_ratio` times, `min_delta` more and `min_bad` bad events: significance is not size.

    Above `ceiling` times the error budget the canary is rolled back by its own rate, if the stable version is below;
    None leaves that test out. `weight` is this check's share of the policy's `alpha`, against the other weights.
    """

    slo: SLO
    weight: float = 1
    tolerated_ratio: float = 1
    unacceptable_ratio: float = 2
    min_ratio: float = 1.25
    min_delta: Ratio = 0.1 * percent
    min_bad: int = 5
    ceiling: float | None = 14.4
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The name of the SLO, by which its counts and its reasons are called."""
        return self.slo.name
