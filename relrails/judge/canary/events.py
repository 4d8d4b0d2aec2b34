"""What the judge is told, one after another: what was seen in each look, and what people and actions did.

Every value is plain: numbers, texts, tuples and mappings of them, so that each goes to JSON and back without loss, and
a run can be judged again from what was stored. Times are seconds; counts are what counters rose by, resets handled,
never what an extrapolating function made of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from relrails.judge.canary.reason import Code, Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Events of one track in one look: `bad` of `total`. For a cost, `bad` is the cost."""

    total: float
    bad: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Buckets:
    """Answers of one track in one look: `within` counts those up to each of the check's `bounds`, in their order."""

    total: float
    within: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Runs:
    """Probe runs of one track: how many of this look failed and were slow, and how many failed in a row by now."""

    runs: float
    failures: float
    in_a_row: float
    slow: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Flaw:
    """Something wrong with an answer: NAN_RESULT, AMBIGUOUS_RESULT, PARTIAL_RESPONSE, STALE_DATA, QUERY_ERROR …

    A flaw makes void what it concerns: one check's look, or with no `check` the whole look.
    """

    code: Code
    text: str = ""
    check: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What one check saw of both tracks; None is a track that has no series for it, which is not zero."""

    canary: Counts | Buckets | Runs | None
    stable: Counts | Buckets | Runs | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """The run begins: the gate allowed it.

    `dispersion` is the burstiness of each check's counts, measured on the stable version's past; None or missing where
    there was too little of it. `before` are the stable version's counts before the canary, against which an incident
    that hits both is told. `share` is the canary's part of the traffic, 0 to 1. `drill` says that a fault is injected.
    """

    artifact: str
    at: float = 0
    share: float | None = None
    dispersion: Mapping[str, float | None] = field(default_factory=dict)
    before: Mapping[str, Counts] = field(default_factory=dict)
    drill: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """The gate did not allow it."""

    reasons: tuple[Reason, ...]
    at: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """One look: what happened in the `seconds` before `at`, for every check of the policy.

    `elapsed` counts from the start of the canary's traffic to the end of the look. Looks do not overlap, and no second
    is in two of them. `canary_series` and `stable_series` say how many targets or series each track has at all, counted
    by a query of their own: 0 is silence, None is that nobody knows. `readings` go by the name of the check; a check
    that is missing here is void. `share` is what the canary should have of the traffic now, for weights that rise in
    steps. `artifact` is what the canary says it runs, several of them in one text; empty where it does not say.
    """

    look: int
    at: float
    elapsed: float
    seconds: float
    canary_series: int | None
    stable_series: int | None
    readings: Mapping[str, Reading]
    alerts: tuple[str, ...] | None = ()
    """Names of the policy's alerts that fire for the canary; None is that nobody could ask."""
    flaws: tuple[Flaw, ...] = ()
    share: float | None = None
    artifact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A person's decision, already checked: with `rejected` it has no effect but to be recorded.

    `seconds` is how much longer an "extend" allows.
    """

    kind: Literal["promote", "rollback", "extend"]
    by: str
    reason: str
    id: str = ""
    seconds: float = 0
    rejected: str = ""
    at: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Acted:
    """An action began, succeeded or failed."""

    kind: Literal["promote", "rollback"]
    result: Literal["begun", "done", "failed"]
    text: str = ""
    at: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovered:
    """After a rollback: whether the service was seen to recover."""

    ok: bool
    text: str = ""
    at: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """The controller itself failed, was stopped, or found itself restarted and cannot go on; a rollback follows."""

    text: str
    code: Code = Code.INTERNAL_ERROR
    at: float = 0


Event = Start | Blocked | Observation | Override | Acted | Recovered | Failed
