"""What came of a run and of each of its steps; everything in here has been redacted."""

from dataclasses import dataclass, field

from relrails.live.probe.plan import Plan
from relrails.probe.names import Outcome, Reason

EXCERPT = 512
"""Characters of an answer's body that are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRun:
    """A step as it went; `attempts` are the failures that were tried again."""

    name: str
    request: str
    span_id: str
    started: float
    seconds: float
    phases: dict[str, float]
    scored: bool
    always: bool
    status: int | None = None
    reason: Reason | None = None
    text: str = ""
    expected: str = ""
    body: str = ""
    attempts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run of a journey; `started` is Unix time, `seconds` are without the clean-up."""

    plan: Plan
    trace_id: str
    started: float
    seconds: float
    outcome: Outcome
    steps: tuple[StepRun, ...]
    retries: int = 0
    suppressed: int = 0
    left_over: bool = False
    notes: tuple[str, ...] = field(default=())

    @property
    def failed(self) -> StepRun | None:
        """The step that decided it."""
        return next((s for s in self.steps if s.reason is not None and s.scored and not s.always), None)
