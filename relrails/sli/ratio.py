"""Ratio: bad and total events by the writer's own PromQL."""

from dataclasses import dataclass, field
from typing import ClassVar

from relrails.metric import Counter, Metric
from relrails.promql import Expr, PromQL, Selector, or_, selectors, sum_by, summed_rate, text
from relrails.sli.base import SLI
from relrails.sli.outcomes import bad_series
from relrails.sli.traffic import Series, Traffic
from relrails.source import Source, here
from relrails.units import Duration, seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio(SLI):
    """Bad events per second over all events per second, `$window` being the range: `promql("rate(x_total[$window])")`.

    `from relrails.promql import promql`.

    Where `bad` gives no series while there is traffic, nothing was bad. Raw samples can be played only for plain sums
    of a rate; the proofs of any other expression begin at the two recorded sums, and say so.
    """

    bad: PromQL
    total: PromQL
    source: Source = field(default_factory=here, compare=False, repr=False)

    events: ClassVar[str] = "events"
    silence_is_good: ClassVar[bool] = True

    def total_rate(self, window: Duration, by: tuple[str, ...]) -> Expr:
        """Events per second."""
        return sum_by(self.total.over(window), *by)

    def bad_rate(self, window: Duration, by: tuple[str, ...], none: Expr) -> Expr:
        """Bad events per second."""
        return or_(sum_by(self.bad.over(window), *by), none)

    def metrics(self) -> tuple[Metric, ...]:
        """Nothing is declared about what the expressions read."""
        return ()

    def reads(self) -> tuple[Selector, ...]:
        """Find the selectors in both expressions."""
        window = 60 * seconds
        return tuple(dict.fromkeys(s for e in (self.total, self.bad) for s in selectors(text(e.over(window)))))

    def series(self, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:
        """Play two counters where both expressions are plain sums of a rate; else nothing."""
        window = 60 * seconds
        counters = [summed_rate(text(e.over(window))) for e in (self.total, self.bad)]
        if any(counter is None or not counter.metric for counter in counters):
            return ()
        total, bad = (Counter(c.metric, matchers=c.matchers) for c in counters if c is not None)
        return bad_series(total, bad, traffic, labels)

    def sentence(self) -> str:
        """Say what is bad."""
        return f"An event is bad when `{self.bad.text.strip()}` counts it."
