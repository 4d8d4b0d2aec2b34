"""Whether a request costs more on the canary."""

from dataclasses import dataclass, field

from relrails.metric import Counter
from relrails.source import Source, here


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a request costs on the canary against the stable version: two counters, one of cost and one of requests.

    Any unit will do, CPU seconds or bytes, for only the ratio counts. It is reported, and rolls back only where
    `enforce` says so, as costs settle later than errors do.
    """

    cost: Counter
    requests: Counter
    max_ratio: float = 1.5
    enforce: bool = False
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What its counts and its reasons are called by."""
        return "cost"
