"""What one test found in one look, and what it is told beside its counts."""

from dataclasses import dataclass
from math import inf, log

from relrails.canary.resolved import ResolvedPolicy, ResolvedTest
from relrails.judge.canary.rate_ratio import Stream
from relrails.judge.canary.reason import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What a test knows beside the counts: the policy, the look, and what its evidence is divided by."""

    policy: ResolvedPolicy
    look: int
    phi: float

    def limit(self, test: ResolvedTest) -> float:
        """Give the logarithm of the e-value at which a test rolls back: its share of alpha, inverted."""
        alpha = self.policy.alpha * test.weight
        return -log(alpha) if alpha > 0 else inf


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The evidence after the look; `accepted` is positive evidence of health, never the lack of evidence against it."""

    streams: tuple[Stream, ...]
    log_e: float = 0.0
    accepted: bool = False
    reasons: tuple[Reason, ...] = ()
    first_bad: int | None = None
