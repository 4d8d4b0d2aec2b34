"""Whether a customer's journey works on the canary."""

from dataclasses import dataclass, field

from relrails.source import Source, here
from relrails.units import Duration, Ratio, percent


@dataclass(frozen=True, kw_only=True, slots=True)
class Probes:
    """The runs of the service's journeys against the canary: `Probes(env="canary")`.

    So many failures in a row, or surely fewer than `min_ratio` of the runs good, roll the canary back, unless the
    stable version's probes fail too. `env` and `stable_env` are the values of the label `env` on both. With
    `slower_than`, at most `max_slow` of the runs may take longer. `weight` is this check's share of `alpha`.
    """

    env: str
    stable_env: str
    journeys: tuple[str, ...] = ()
    """Their names; none stands for all journeys of the service."""
    weight: float = 0.2
    consecutive_failures: int = 3
    min_ratio: Ratio = 99 * percent
    slower_than: Duration | None = None
    max_slow: Ratio = 20 * percent
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What its runs and its reasons are called by."""
        return "probes"
