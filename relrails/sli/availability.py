"""Availability: the share of requests that did not fail by our own fault."""

from dataclasses import dataclass, field
from typing import ClassVar

from relrails.metric import Counter, Metric
from relrails.promql import Expr, Selector, or_, rate, sum_by
from relrails.sli.base import SLI
from relrails.sli.outcomes import bad_series
from relrails.sli.traffic import Series, Traffic
from relrails.source import Source, here
from relrails.units import Duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Availability(SLI):
    """Bad requests over all requests; bad ones that were never counted have not happened."""

    total: Counter
    bad: Counter
    source: Source = field(default_factory=here, compare=False, repr=False)

    silence_is_good: ClassVar[bool] = True

    def total_rate(self, window: Duration, by: tuple[str, ...]) -> Expr:
        """Requests per second."""
        return sum_by(rate(self.total.selector, window), *by)

    def bad_rate(self, window: Duration, by: tuple[str, ...], none: Expr) -> Expr:
        """Bad requests per second."""
        return or_(sum_by(rate(self.bad.selector, window), *by), none)

    def metrics(self) -> tuple[Metric, ...]:
        """Give the two counters."""
        return (self.total, self.bad)

    def reads(self) -> tuple[Selector, ...]:
        """Give both as selectors."""
        return (self.total.selector, self.bad.selector)

    def series(self, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:
        """Play requests on two instances, each with its own kind of failure."""
        return bad_series(self.total, self.bad, traffic, labels)

    def sentence(self) -> str:
        """Say what is bad."""
        return f"A request is bad when `{self.bad.selector_text}` counts it."
