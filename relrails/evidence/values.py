"""What a bundle is made of: plain values, as the gate and the canary hand them over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

if TYPE_CHECKING:
    from relrails.judge.canary import Reason as JudgeReason
    from relrails.judge.gate import Finding

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Fields: TypeAlias = Mapping[str, Json]

DECISION_SCHEMA = "relrails.dev/decision/v1"


class EvidenceError(Exception):
    """The evidence could not be written or read; says what, why, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """A thing that is released: what people call it, and its digest as `sha256:…`."""

    name: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why it was decided so; `kind` is the class of the reason code, and stands as `class` in the file."""

    code: str
    kind: str
    text: str
    check: str | None = None
    observed: Json = None
    threshold: Json = None
    units: str | None = None
    window: str | None = None
    evidence_ref: str | None = None

    @classmethod
    def of(cls, reason: "JudgeReason", window: str | None = None) -> Self:
        """Take over a reason of the canary's judge."""
        return cls(
            code=reason.code.value,
            kind=reason.kind.value,
            text=reason.text,
            check=reason.check or None,
            observed=reason.observed,
            threshold=reason.threshold,
            units=reason.unit or None,
            window=window,
            evidence_ref=f"windows.jsonl#look={reason.look}" if reason.look else None,
        )

    @classmethod
    def of_gate(cls, finding: "Finding") -> Self:
        """Take over what a gate found."""
        return cls(
            code=finding.code.value,
            kind="gate",
            text=finding.text,
            check=finding.about,
            observed=finding.observed,
            threshold=finding.threshold,
            units=finding.unit or None,
            evidence_ref="windows.jsonl#line=1",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Timings:
    """When it went bad, was decided, was done (if it succeeded) and was well again; None: it did not happen."""

    decided: datetime
    first_bad: datetime | None = None
    acted: datetime | None = None
    restored: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One verdict: `verdict` is what holds, `verdict_auto` what the judge said by itself, None where it had not spoken.

    `id` names the run and must be unlike every other; `passed` and `failed` name the checks for test-result readers.
    """

    id: str
    service: str
    kind: Literal["canary", "gate"]
    verdict: str
    verdict_auto: str | None
    state: str
    reasons: Sequence[Reason]
    started: datetime
    timings: Timings
    env: str
    mode: Literal["enforce", "shadow"] = "enforce"
    canary: Artifact | None = None
    stable: Artifact | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    passed: Sequence[str] = ()
    failed: Sequence[str] = ()
    drill: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One question to Prometheus and the body it answered with; `status` is None where there was no answer."""

    promql: str
    at: datetime
    status: int | None
    milliseconds: float
    body: bytes | None = None
    url: str | None = None
    warnings: Sequence[str] = ()
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    """One step of the state machine; `old` and `new` stand as `from` and `to` in the file."""

    at: datetime
    old: str
    new: str
    reason: str
    actor: str = "relrails"


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One program that was run: its arguments, its exit code (None: it did not end by itself) and its last output."""

    argv: Sequence[str]
    started: datetime
    ended: datetime
    exit_code: int | None
    output: str = ""
    name: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """Everything there is to know about one decision.

    `policy` is fully resolved and `windows` holds one entry for each look: together they must be enough to decide
    again, see `relrails.evidence.replaying`.
    """

    decision: Decision
    policy: Fields
    windows: Sequence[Fields]
    queries: Sequence[Query] = ()
    timeline: Sequence[Transition] = ()
    actions: Sequence[Action] = ()
    override: Fields | None = None
