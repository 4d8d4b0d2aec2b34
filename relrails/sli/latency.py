"""Latency: the share of requests that were answered within a limit."""

from dataclasses import dataclass, field
from decimal import Decimal

from relrails.metric import Histogram, Metric
from relrails.promql import (
    Expr,
    Number,
    Selector,
    call,
    clamp_min,
    compare,
    difference,
    number,
    or_,
    product,
    rate,
    sum_by,
)
from relrails.sli.base import SLI
from relrails.sli.traffic import INSTANCES, Phase, Series, Traffic, counter, decoys, gone, instances, series
from relrails.source import Source, here
from relrails.units import Duration, exact, plain, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Latency(SLI):
    """Requests slower than the threshold over all requests; "p95 under 300 ms" is this with an objective of 95 %.

    A bucket that is missing is missing, never zero: without it the error ratio has no value and SLOMetricMissing fires.
    """

    histogram: Histogram
    threshold: Duration
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def needs(self) -> tuple[int, int]:  # type: ignore[override] # a class attribute for most kinds, but native histograms need a newer promtool
        """The oldest promtool that can play the raw series: native histograms came later."""
        return (3, 0) if self.histogram.native else (2, 42)

    @property
    def bound(self) -> Decimal:
        """The threshold in seconds."""
        return exact(self.threshold, "second")

    def total_rate(self, window: Duration, by: tuple[str, ...]) -> Expr:
        """Requests per second."""
        if self.histogram.native:
            return call("histogram_count", sum_by(rate(self.histogram.selector, window), *by))
        return sum_by(rate(self.histogram.count, window), *by)

    def bad_rate(self, window: Duration, by: tuple[str, ...], none: Expr) -> Expr:
        """Slow requests per second."""
        if self.histogram.native:
            return clamp_min(difference(self.total_rate(window, by), self._fast_native(window, by, none)), 0)
        fast = sum_by(rate(self.histogram.bucket(self.bound), window), *by)
        return clamp_min(difference(self.total_rate(window, by), fast), 0)

    def _fast_native(self, window: Duration, by: tuple[str, ...], none: Expr) -> Expr:
        # histogram_fraction of no observations is NaN, which would stay in every long window: the comparison drops it.
        distribution = sum_by(rate(self.histogram.selector, window), *by)
        share = call("histogram_fraction", Number(Decimal("-Infinity")), number(self.bound), distribution)
        return or_(compare(product(share, self.total_rate(window, by)), ">=", number(0)), none)

    def metrics(self) -> tuple[Metric, ...]:
        """Give the histogram."""
        return (self.histogram,)

    def reads(self) -> tuple[Selector, ...]:
        """Give its series."""
        if self.histogram.native:
            return (self.histogram.selector,)
        return (self.histogram.count, self.histogram.bucket(self.bound))

    def series(self, traffic: Traffic, labels: dict[str, str]) -> tuple[Series, ...]:
        """Play a histogram on two instances."""
        out: dict[str, Series] = {}
        for where in instances(self.histogram.matchers, labels):
            made = self._native(traffic, where) if self.histogram.native else self._classic(traffic, where)
            out.update({s.name: s for s in made})
        return tuple(out.values())

    def _classic(self, traffic: Traffic, where: dict[str, str]) -> list[Series]:
        name, limit = self.histogram.name, self.bound
        bounds = sorted({*(plain(Decimal(repr(b))) for b in self.histogram.buckets), limit})
        total = counter(traffic, lambda p: p.total)

        def within(bound: Decimal) -> str:
            if bound < limit:
                return counter(traffic, lambda p: (p.total - p.bad) // 2)
            return counter(traffic, lambda p: p.total - p.bad if bound == limit else p.total - p.bad // 2)

        # Whole bounds are written `1` by some exporters and `1.0` by others: the instances differ in it.
        suffix = "" if INSTANCES[0] in where.values() else ".0"
        made = [series(f"{name}_bucket", {**where, "le": "+Inf"}, total), series(f"{name}_count", where, total)]
        for bound in bounds:
            written = format(bound, "f")
            le = written if "." in written else written + suffix
            made.append(series(f"{name}_bucket", {**where, "le": le}, within(bound)))
        le_limit = {**where, "le": format(limit, "f")}
        outside = (
            *decoys(f"{name}_count", self.histogram.matchers, where, total),
            *decoys(f"{name}_bucket", self.histogram.matchers, le_limit, total),
        )
        return [*outside, *made]

    def _native(self, traffic: Traffic, where: dict[str, str]) -> list[Series]:
        # Schema 0 has a bucket for each power of two; the fast ones land two below the threshold, the slow two above.
        limit = float(self.bound)
        low, high = (_bucket_index(limit) - 1, _bucket_index(limit) + 3)

        def histogram(good: int, bad: int) -> str:
            gap = " ".join(["0"] * (high - low - 1))
            return f"{{{{schema:0 sum:{good + bad} count:{good + bad} buckets:[{good} {gap} {bad}] offset:{low}}}}}"

        def add(phase: Phase) -> str:
            return histogram(phase.total - phase.bad, phase.bad)

        good, bad = traffic.start, traffic.start
        parts = [histogram(good, bad)]
        for phase in traffic.phases:
            if phase.reset:
                good = bad = 0
            first = histogram(good + phase.total - phase.bad, bad + phase.bad)
            parts.append(gone(phase.scrapes) if phase.gone else f"{first}+{add(phase)}x{phase.scrapes - 1}")
            good, bad = good + (phase.total - phase.bad) * phase.scrapes, bad + phase.bad * phase.scrapes
        notation = " ".join(parts)
        outside = decoys(self.histogram.name, self.histogram.matchers, where, notation)
        return [*outside, series(self.histogram.name, where, notation)]

    def sentence(self) -> str:
        """Say what is bad."""
        return f"A request is bad when it takes longer than {text(self.threshold)} (`{self.histogram.name}`)."


def _bucket_index(limit: float) -> int:
    """Give the schema-0 bucket that holds a value: bucket i reaches from 2**(i-1) to 2**i."""
    index = 0
    while 2.0**index < limit:
        index += 1
    while 2.0 ** (index - 1) >= limit:
        index -= 1
    return index
