"""What every kind of SLI answers: how many events there were, how many were bad, and how to play them in a proof."""

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import ClassVar

from relrails.metric import Metric
from relrails.promql import Expr, Selector
from relrails.sli.traffic import INSTANCES, Series, Traffic
from relrails.source import Source
from relrails.units import Duration


class SLI(ABC):
    """A kind of indicator: bad events over total events, both per second over one short window.

    Everything longer is derived from the two recorded sums, so a kind never sees a long window.
    """

    __slots__ = ()

    events: ClassVar[str] = "requests"
    """What is counted, as the on-call says it."""
    graded: ClassVar[bool] = True
    """Whether a scrape can carry any share of bad events, rather than only all or none."""
    fixed_pace: ClassVar[bool] = False
    """Whether events come at the pace of the evaluations, however many exporters there are."""
    silence_is_good: ClassVar[bool] = False
    """Whether bad events that no series counts have not happened; otherwise an alert says that a metric is missing."""
    needs: ClassVar[tuple[int, int]] = (2, 42)
    """The oldest Prometheus whose promtool can play this kind's raw series."""
    source: Source

    @abstractmethod
    def total_rate(self, window: Duration, by: tuple[str, ...]) -> Expr:
        """Events per second, one series for each combination of `by`."""

    @abstractmethod
    def bad_rate(self, window: Duration, by: tuple[str, ...], none: Expr) -> Expr:
        """Bad events per second; `none` is 0 for each group that has traffic.

        A kind adds `or none` only where a missing series really means that nothing was bad.
        """

    @abstractmethod
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics it reads, for the checks."""

    @abstractmethod
    def reads(self) -> tuple[Selector, ...]:
        """The raw series it reads, as selectors."""

    @abstractmethod
    def series(self, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:
        """Raw series that carry this traffic for one group, as exporters send them; empty where it cannot say."""

    def seen(self, traffic: Traffic, at: int, window: int, *, closed: bool) -> tuple[Fraction, Fraction]:
        """Give the total and the bad rate that an evaluation at second `at` must see in what `series` plays.

        By arithmetic on the traffic, not on the series. `closed` says whether a sample on the left edge of the window
        is in it, as in Prometheus 2.
        """
        read = traffic.scrapes_in(at, window, closed=closed)[1:]
        seconds = Fraction(len(read) * traffic.interval, len(INSTANCES))
        phases = [traffic.phase_of(k) for k in read]
        return sum(p.total for p in phases) / seconds, sum(p.bad for p in phases) / seconds

    @abstractmethod
    def sentence(self) -> str:
        """Say what a bad event is, in one sentence for the runbook."""

    def jobs(self) -> tuple[str, ...]:
        """The scrape jobs whose targets must be up for this SLI to be seen."""
        found = {m.value for s in self.reads() for m in s.matchers if m.label == "job" and m.op == "="}
        return tuple(sorted(found))
