"""Why something was decided: codes that do not change, each of one kind, with the numbers beside it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a reason does by itself."""

    TRIGGER = "trigger"
    """Rolls back."""
    GATE = "gate"
    """Blocks before it begins."""
    QUALITY = "quality"
    """Says what is wrong with the data; holds, and never promotes."""
    OPERATOR = "operator"
    """A person decided."""
    HEALTH = "health"
    """Positive evidence; promotes."""
    DRILL = "drill"
    """The fault was injected on purpose."""
    SYSTEM = "system"
    """We failed ourselves; pages."""


class Code(StrEnum):
    """Every reason there is; a code, once published, keeps its meaning."""

    PROBE_FAILURE = "PROBE_FAILURE"
    PROBE_LATENCY = "PROBE_LATENCY"
    ERROR_RATE_DELTA = "ERROR_RATE_DELTA"
    ERROR_RATE_CEILING = "ERROR_RATE_CEILING"
    LATENCY_SHARE = "LATENCY_SHARE"
    LATENCY_DISTRIBUTION = "LATENCY_DISTRIBUTION"
    LATENCY_QUANTILE = "LATENCY_QUANTILE"
    CANARY_ABSENT = "CANARY_ABSENT"
    ALERT_FIRING = "ALERT_FIRING"
    COST_DELTA = "COST_DELTA"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    BURN_RATE_EXCEEDED = "BURN_RATE_EXCEEDED"
    BUDGET_EXHAUSTED = "BUDGET_EXHAUSTED"
    FREEZE_WINDOW = "FREEZE_WINDOW"
    GATE_NO_DATA = "GATE_NO_DATA"
    COMMON_MODE_INCIDENT = "COMMON_MODE_INCIDENT"
    INSUFFICIENT_TRAFFIC = "INSUFFICIENT_TRAFFIC"
    TRAFFIC_SPLIT_MISMATCH = "TRAFFIC_SPLIT_MISMATCH"
    NO_DATA_STABLE = "NO_DATA_STABLE"
    NO_DATA_BOTH = "NO_DATA_BOTH"
    STALE_DATA = "STALE_DATA"
    NAN_RESULT = "NAN_RESULT"
    AMBIGUOUS_RESULT = "AMBIGUOUS_RESULT"
    PARTIAL_RESPONSE = "PARTIAL_RESPONSE"
    QUERY_ERROR = "QUERY_ERROR"
    QUERY_TIMEOUT = "QUERY_TIMEOUT"
    OVERDISPERSED = "OVERDISPERSED"
    HISTOGRAM_RESOLUTION = "HISTOGRAM_RESOLUTION"
    IDENTITY_CHANGED = "IDENTITY_CHANGED"
    IDENTITY_UNKNOWN = "IDENTITY_UNKNOWN"
    OPERATOR_ROLLBACK = "OPERATOR_ROLLBACK"
    OPERATOR_PROMOTE = "OPERATOR_PROMOTE"
    OPERATOR_EXTEND = "OPERATOR_EXTEND"
    OVERRIDE_REJECTED = "OVERRIDE_REJECTED"
    DRILL_INJECTED = "DRILL_INJECTED"
    ROLLBACK_ACTION_FAILED = "ROLLBACK_ACTION_FAILED"
    POST_ROLLBACK_NOT_RECOVERED = "POST_ROLLBACK_NOT_RECOVERED"
    EVIDENCE_WRITE_FAILED = "EVIDENCE_WRITE_FAILED"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    HEALTHY = "HEALTHY"

    @property
    def kind(self) -> Kind:
        """What it does."""
        return _KIND.get(self, Kind.QUALITY)


_KIND = {
    **dict.fromkeys(
        (
            Code.PROBE_FAILURE,
            Code.PROBE_LATENCY,
            Code.ERROR_RATE_DELTA,
            Code.ERROR_RATE_CEILING,
            Code.LATENCY_SHARE,
            Code.LATENCY_DISTRIBUTION,
            Code.LATENCY_QUANTILE,
            Code.CANARY_ABSENT,
            Code.ALERT_FIRING,
            Code.COST_DELTA,
            Code.DEADLINE_EXCEEDED,
        ),
        Kind.TRIGGER,
    ),
    **dict.fromkeys((Code.BURN_RATE_EXCEEDED, Code.BUDGET_EXHAUSTED, Code.FREEZE_WINDOW, Code.GATE_NO_DATA), Kind.GATE),
    **dict.fromkeys(
        (Code.OPERATOR_ROLLBACK, Code.OPERATOR_PROMOTE, Code.OPERATOR_EXTEND, Code.OVERRIDE_REJECTED), Kind.OPERATOR
    ),
    Code.DRILL_INJECTED: Kind.DRILL,
    Code.HEALTHY: Kind.HEALTH,
    **dict.fromkeys(
        (
            Code.ROLLBACK_ACTION_FAILED,
            Code.POST_ROLLBACK_NOT_RECOVERED,
            Code.EVIDENCE_WRITE_FAILED,
            Code.INTERNAL_ERROR,
        ),
        Kind.SYSTEM,
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One reason: what was seen against which limit, in which unit, by which check; `text` says it to a person.

    `check` is empty where the reason concerns the whole canary. `observed` and `threshold` are None where there is no
    number to give.
    """

    code: Code
    text: str
    check: str = ""
    observed: float | None = None
    threshold: float | None = None
    unit: str = ""
    look: int = 0
    acts: bool = True
    """Whether it does what its kind does; otherwise it is only reported."""

    @property
    def kind(self) -> Kind:
        """What the reason does."""
        return self.code.kind
