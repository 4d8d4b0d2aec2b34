"""Correctness: the share of finished jobs, or answers, that came out right."""

from dataclasses import dataclass, field
from typing import ClassVar

from relrails.metric import Counter, Metric
from relrails.promql import Expr, Selector, clamp_min, difference, or_, rate, sum_by
from relrails.sli.base import SLI
from relrails.sli.outcomes import bad_series, good_series
from relrails.sli.traffic import Series, Traffic
from relrails.source import Source, here
from relrails.units import Duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Correctness(SLI):
    """Wrong outcomes over all outcomes; give either `bad` or `good`, whichever the exporter names.

    With `good`, an outcome that nobody called good is bad, so a job that never succeeded counts against the budget.
    """

    total: Counter
    bad: Counter | None = None
    good: Counter | None = None
    source: Source = field(default_factory=here, compare=False, repr=False)

    events: ClassVar[str] = "outcomes"
    silence_is_good: ClassVar[bool] = True

    def total_rate(self, window: Duration, by: tuple[str, ...]) -> Expr:
        """Outcomes per second."""
        return sum_by(rate(self.total.selector, window), *by)

    def bad_rate(self, window: Duration, by: tuple[str, ...], none: Expr) -> Expr:
        """Wrong outcomes per second."""
        if self.bad is not None:
            return or_(sum_by(rate(self.bad.selector, window), *by), none)
        if self.good is None:
            msg = "Correctness has neither bad nor good; sli/no-outcome reports it"
            raise ValueError(msg)
        good = or_(sum_by(rate(self.good.selector, window), *by), none)
        return clamp_min(difference(self.total_rate(window, by), good), 0)

    def metrics(self) -> tuple[Metric, ...]:
        """Give the counters."""
        return tuple(m for m in (self.total, self.bad, self.good) if m is not None)

    def reads(self) -> tuple[Selector, ...]:
        """Give them as selectors."""
        return tuple(m.selector for m in self.metrics())

    def series(self, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:
        """Play jobs on two instances."""
        if self.bad is not None:
            return bad_series(self.total, self.bad, traffic, labels)
        return good_series(self.total, self.good, traffic, labels) if self.good is not None else ()

    def sentence(self) -> str:
        """Say what is bad."""
        if self.bad is not None:
            return f"An outcome is bad when `{self.bad.selector_text}` counts it."
        return f"An outcome is bad when it came and `{self.good.selector_text if self.good else ''}` does not count it."
