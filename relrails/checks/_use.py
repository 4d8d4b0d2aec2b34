"""The metrics that an SLI reads and the PromQL in it, each with the field that names it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from relrails.checks._place import at, matcher
from relrails.metric import Metric
from relrails.promql import PromQL
from relrails.slo import SLO
from relrails.source import Span


@dataclass(frozen=True, slots=True)
class Use:
    """A metric in a field of an SLI."""

    slo: SLO
    field: str
    metric: Metric

    @property
    def place(self) -> Span:
        """The field's value in the SLI."""
        return at(self.slo.sli, self.field)

    @property
    def name(self) -> Span:
        """The metric's name, where it was declared."""
        return at(self.metric, "name", 0)

    def label(self, label: str, value: str | None = None) -> Span:
        """What a `.where(...)` gives to a label; where several do, the one with this value."""
        return matcher(self.place, self.metric.source, label, value) or self.place


@dataclass(frozen=True, slots=True)
class Written:
    """A writer's own PromQL in a field of an SLI."""

    slo: SLO
    field: str
    promql: PromQL


def uses(slo: SLO) -> Iterator[Use]:
    """Give the metrics of an SLO, field by field."""
    for name in _names(slo):
        found = getattr(slo.sli, name)
        if isinstance(found, Metric):
            yield Use(slo, name, found)


def written(slo: SLO) -> Iterator[Written]:
    """Give the writer's PromQL in an SLO."""
    for name in _names(slo):
        found = getattr(slo.sli, name)
        if isinstance(found, PromQL):
            yield Written(slo, name, found)


def _names(slo: SLO) -> list[str]:
    return [f.name for f in fields(slo.sli)] if is_dataclass(slo.sli) else []
