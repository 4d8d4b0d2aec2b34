"""What a gate is told. A number is a number; what is not known is `Missing`, and says why."""

from dataclasses import dataclass, field

from relrails.judge.canary.reason import Code
from relrails.release import ReleaseClass


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no number, for this reason; nothing that is missing ever allows."""

    code: Code
    text: str


Reading = float | Missing | None
"""A number, no number, or None: there was no traffic to take it from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BurnFacts:
    """One burn-rate alert: the share of bad events over both windows, and the bad events in the long one.

    It burns as the alert does: both above `threshold`, and more than `least` bad events.
    """

    severity: str
    long: str
    short: str
    factor: float
    threshold: float
    long_ratio: Reading
    short_ratio: Reading
    bad_events: Reading
    least: float
    since: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SLOFacts:
    """One SLO, or one group of it such as a region; ratios are between 0 and 1, `window_seconds` is its length."""

    name: str
    group: str = ""
    goal: float
    window: str
    window_seconds: float
    burns: tuple[BurnFacts, ...]
    budget_left: Reading
    bad_events: Reading
    least: float
    coverage: float | None = None
    since: float | None = None
    """When the budget was first seen to be spent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyFacts:
    """A journey: how many of its last `of` runs failed, and how many must have for it to count as failing."""

    name: str
    env: str
    failed: int | Missing
    failures: int
    of: int
    since: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertFacts:
    """An alert that fires; `subject` is the SLO or the journey that it is about, where it is about one."""

    name: str
    severity: str
    subject: str = ""
    since: float | None = None
    blind: bool = False
    """It says that something cannot be seen, rather than that something is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FreezeFacts:
    """A declared time without releases, in unix seconds."""

    name: str
    start: float
    end: float
    reason: str
    allows: tuple[ReleaseClass, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitFacts:
    """An enforced limit that is not an SLO, such as a cost budget: `used` of `limit`, both in `unit`."""

    name: str
    used: Reading
    limit: float
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything that a gate decides by, at one moment in unix seconds.

    `failures` are questions that nobody answered; then what they asked for is left out of the rest.
    """

    service: str
    at: float
    release: ReleaseClass
    exempt: tuple[ReleaseClass, ...]
    warn_below: float
    freeze_below: float
    slos: tuple[SLOFacts, ...] = ()
    journeys: tuple[JourneyFacts, ...] = ()
    alerts: tuple[AlertFacts, ...] = ()
    freezes: tuple[FreezeFacts, ...] = ()
    limits: tuple[LimitFacts, ...] = ()
    failures: tuple[Missing, ...] = field(default=())
