"""The metrics that an SLI or the traffic reads, and the writer's PromQL, each with the field that names it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from relrails.checks._place import Declared, at, matcher
from relrails.metric import Metric
from relrails.promql import PromQL
from relrails.service import Service
from relrails.slo import SLO
from relrails.source import Span


@dataclass(frozen=True, slots=True)
class Use:
    """A metric in a field of an SLI, or of the traffic."""

    owner: Declared
    field: str
    metric: Metric

    @property
    def place(self) -> Span:
        """The field's value."""
        return at(self.owner, self.field)

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
    yield from _uses(slo.sli)


def uses_of_traffic(service: Service) -> Iterator[Use]:
    """Give the metrics of what comes in."""
    if service.traffic is not None:
        yield from _uses(service.traffic)


def written(slo: SLO) -> Iterator[Written]:
    """Give the writer's PromQL in an SLO."""
    for name in _names(slo.sli):
        found = getattr(slo.sli, name)
        if isinstance(found, PromQL):
            yield Written(slo, name, found)


def _uses(owner: Declared) -> Iterator[Use]:
    for name in _names(owner):
        found = getattr(owner, name)
        if isinstance(found, Metric):
            yield Use(owner, name, found)


def _names(owner: Declared) -> list[str]:
    return [f.name for f in fields(owner)] if is_dataclass(owner) else []
