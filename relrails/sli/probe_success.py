"""Probe success: the share of probes that came back well."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

from relrails.metric import Gauge, Metric
from relrails.promql import (
    Expr,
    Selector,
    count_over_time,
    difference,
    number,
    quotient,
    sum_by,
    sum_over_time,
)
from relrails.sli.base import SLI
from relrails.sli.traffic import INSTANCES, Series, Traffic, decoys, gauge, instances, series
from relrails.source import Source, here
from relrails.units import Duration, exact, ms


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeSuccess(SLI):
    """Failed probes over all probes, read from a gauge that is 1 or 0 at each scrape, such as `probe_success`."""

    gauge: Gauge
    source: Source = field(default_factory=here, compare=False, repr=False)

    events: ClassVar[str] = "probes"
    graded: ClassVar[bool] = False

    def total_rate(self, window: Duration, by: tuple[str, ...]) -> Expr:
        """Probes per second."""
        return _per_second(sum_by(count_over_time(self.gauge.selector, _open(window)), *by), window)

    def bad_rate(self, window: Duration, by: tuple[str, ...], none: Expr) -> Expr:  # noqa: ARG002 - a probe without a result is no success
        """Failed probes per second."""
        probes, good = (f(self.gauge.selector, _open(window)) for f in (count_over_time, sum_over_time))
        return _per_second(difference(sum_by(probes, *by), sum_by(good, *by)), window)

    def metrics(self) -> tuple[Metric, ...]:
        """Give the gauge."""
        return (self.gauge,)

    def reads(self) -> tuple[Selector, ...]:
        """Give it as a selector."""
        return (self.gauge.selector,)

    def series(self, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:
        """Play the probe from two instances of the prober."""
        pairs = zip(traffic.gone(), traffic.flags(), strict=True)
        values = ["_" if gone else "0" if bad else "1" for gone, bad in pairs]
        outcome = gauge(values)
        # Fewer samples than the probe has, some good and some bad: a rule that reads them too, or instead, is wrong.
        failing = " ".join("_" if k % 2 else str(k // 2 % 2) for k in range(len(values)))
        out: dict[str, Series] = {}
        for where in instances(self.gauge.matchers, labels):
            outside = decoys(self.gauge.name, self.gauge.matchers, where, failing)
            out.update({s.name: s for s in (*outside, series(self.gauge.name, where, outcome))})
        return tuple(out.values())

    def seen(self, traffic: Traffic, at: int, window: int, *, closed: bool) -> tuple[Fraction, Fraction]:
        """Count probes: each scrape is one, and one on the left edge is no part of the window."""
        del closed
        flags, gone = traffic.flags(), traffic.gone()
        read = [flags[k] for k in traffic.scrapes_in(at, window, closed=False) if not gone[k]]
        return Fraction(len(read) * len(INSTANCES), window), Fraction(sum(read) * len(INSTANCES), window)

    def sentence(self) -> str:
        """Say what is bad."""
        return f"A probe is bad when `{self.gauge.selector_text}` is 0."


def _open(window: Duration) -> Duration:
    """Leave out a scrape exactly on the left edge, which Prometheus 2 would count in two windows, and 3 in one."""
    return float(exact(window, "millisecond") - 1) * ms


def _per_second(samples: Expr, window: Duration) -> Expr:
    return quotient(samples, number(exact(window, "second")))
