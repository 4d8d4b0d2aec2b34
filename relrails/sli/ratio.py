"""Ratio: bad and total events by the writer's own PromQL."""

from dataclasses import dataclass, field
from typing import ClassVar

from relrails.metric import Metric
from relrails.promql import Expr, PromQL, Selector, or_, selectors, sum_by, text
from relrails.sli.base import SLI
from relrails.sli.traffic import Series, Traffic
from relrails.source import Source, here
from relrails.units import Duration, seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio(SLI):
    """Bad events per second over all events per second, `$window` being the range: `promql("rate(x_total[$window])")`.

    Where `bad` gives no series while there is traffic, nothing was bad. We cannot play raw series for an expression
    that we did not write: proofs of such an SLO begin at the two recorded sums, and say so.
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

    def series(self, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:  # noqa: ARG002 - no raw series: see the class
        """Nothing: what an expression reads cannot be told from its text."""
        return ()

    def sentence(self) -> str:
        """Say what is bad."""
        return f"An event is bad when `{self.bad.text.strip()}` counts it."
