"""Where a canary stands: the phase, the evidence so far, and the decision once there is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from relrails.judge.canary.events import Counts, Start
from relrails.judge.canary.rate_ratio import Stream
from relrails.judge.canary.reason import Reason


class Phase(StrEnum):
    """The phases of a canary; the last five and BLOCKED and PROMOTED are final."""

    PENDING = "PENDING"
    BLOCKED = "BLOCKED"
    WARMUP = "WARMUP"
    OBSERVING = "OBSERVING"
    HOLDING = "HOLDING"
    INCONCLUSIVE = "INCONCLUSIVE"
    """The deadline passed and the policy says to hold: a person has to decide, and a trigger still rolls back."""
    PROMOTE = "PROMOTE"
    """Decided; the action is still to come."""
    PROMOTED = "PROMOTED"
    ROLLBACK = "ROLLBACK"
    """Decided; the action is still to come."""
    ROLLING_BACK = "ROLLING_BACK"
    ROLLED_BACK = "ROLLED_BACK"
    """The action succeeded; whether the service recovers is still to be seen."""
    VERIFIED = "VERIFIED"
    """Rolled back, and seen to recover."""
    ROLLBACK_FAILED = "ROLLBACK_FAILED"
    NOT_RECOVERED = "NOT_RECOVERED"

    @property
    def final(self) -> bool:
        """Whether nothing changes any more."""
        return self in _FINAL

    @property
    def watching(self) -> bool:
        """Whether looks are still judged."""
        return self in _WATCHING


_FINAL = frozenset({Phase.BLOCKED, Phase.PROMOTED, Phase.VERIFIED, Phase.ROLLBACK_FAILED, Phase.NOT_RECOVERED})
_WATCHING = frozenset({Phase.WARMUP, Phase.OBSERVING, Phase.HOLDING, Phase.INCONCLUSIVE})


class Verdict(StrEnum):
    """What was decided."""

    PROMOTE = "PROMOTE"
    ROLLBACK = "ROLLBACK"
    BLOCK = "BLOCK"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The verdict with its reasons, the first of which is the primary one.

    `automatic` is what the evidence alone said, which differs from `verdict` only where a person overrode it; None
    where it had not spoken. `evidence` gives the e-value of each test at that look, by key, as natural logarithms.
    """

    verdict: Verdict
    automatic: Verdict | None
    reasons: tuple[Reason, ...]
    look: int
    elapsed: float
    at: float
    first_bad: int | None = None
    """The look from which on the evidence speaks, for a trigger that compares."""
    evidence: Mapping[str, float] = field(default_factory=dict)
    override: str = ""
    shadow: bool = False
    drill: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """Everything that the next step needs; as plain as what goes in, so that a controller can stop and resume.

    `reasons` are those of the last event: what speaks now. `tests` is the evidence by the key of each test; see the
    module `rate_ratio`.
    """

    phase: Phase = Phase.PENDING
    reasons: tuple[Reason, ...] = ()
    decision: Decision | None = None
    look: int = 0
    judged: int = 0
    """Looks that counted: after the warm-up, and not void."""
    elapsed: float = 0
    at: float = 0
    start: Start | None = None
    tests: Mapping[str, tuple[Stream, ...]] = field(default_factory=dict)
    evidence: Mapping[str, float] = field(default_factory=dict)
    """The logarithm of each test's e-value now, by its key."""
    calm: Mapping[str, Counts] = field(default_factory=dict)
    """What the stable version counted in looks without an incident, by check; `Start.before` is in it."""
    build: str = ""
    """What the canary said first that it runs, where that is no digest."""
    voids: int = 0
    """Looks in a row of which something was void."""
    absent: int = 0
    """Looks in a row in which the canary was silent and the stable version was not."""
    holding_since: float | None = None
    extra: float = 0
    """Seconds by which a person extended the deadline."""
