"""Rules and groups with exactly the fields of Prometheus' rule files."""

from dataclasses import dataclass

from relrails.promql import Expr
from relrails.units import Duration


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingRule:
    """A rule that records the value of an expression as a new series."""

    record: str
    expr: Expr
    labels: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertingRule:
    """A rule that alerts once its expression gives something for `for_`, and `keep_firing_for` after it has stopped."""

    alert: str
    expr: Expr
    for_: Duration | None = None
    keep_firing_for: Duration | None = None
    labels: dict[str, str]
    annotations: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleGroup:
    """Rules evaluated one after the other, every `interval`."""

    name: str
    interval: Duration
    rules: tuple[RecordingRule | AlertingRule, ...]
