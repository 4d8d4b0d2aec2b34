"""What evaluating the rules of one SLO costs a real Prometheus, in samples read a minute."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bench import prometheus
from bench.table import Table
from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.promql import quotient, rate, reads, selector, sum_by, sum_over_time, text
from relrails.promql.build import count_over_time
from relrails.rules import RecordingRule, RuleGroup, rule_groups
from relrails.rules.cost import Stored, recorded, samples_per_minute
from relrails.units import days, exact, hours, minutes, percent, seconds

NOW = 1_767_225_600  # 2026-01-01
CODES = ("200", "201", "404", "500", "503")


@dataclass(frozen=True, slots=True)
class Fleet:
    """An HTTP service: a series for each instance and code."""

    instances: int
    scrape_seconds: int
    aim: int

    @property
    def service(self) -> Service:
        """One ratio SLO over it."""
        requests = metric.Counter("http_requests_total").where(job="api")
        return Service(
            name="api",
            owner="team",
            scrape_interval=self.scrape_seconds * seconds,
            runbook="https://runbooks.example.com/api",
            grafana="https://grafana.example.com",
            slos=(
                SLO(
                    name="availability",
                    description="A request is good unless we answer 5xx.",
                    sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
                    objective=99.9 * percent,
                    window=30 * days,
                ),
            ),
            error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
        )

    @property
    def groups(self) -> tuple[RuleGroup, ...]:
        """The rules of the SLO."""
        return rule_groups(self.service, self.service.slos[0])

    @property
    def raw(self) -> tuple[Stored, ...]:
        """What is scraped."""
        every = self.scrape_seconds * seconds
        where = [{"job": "api", "instance": f"10.0.{n // 250}.{n % 250}:80"} for n in range(self.instances)]
        up = (Stored("up", labels, every) for labels in where)
        return (*up, *(Stored("http_requests_total", {**w, "code": code}, every) for w in where for code in CODES))


FLEETS = (Fleet(instances=10, scrape_seconds=60, aim=15_000), Fleet(instances=100, scrape_seconds=15, aim=50_000))


def run() -> Iterator[Table]:
    """Measure a small fleet and a large one, on every Prometheus that there is."""
    rows = []
    for fleet in FLEETS:
        computed = samples_per_minute(fleet.groups, fleet.raw)
        naive = samples_per_minute(every_window_from_raw(), fleet.raw)
        series = fleet.instances * len(CODES)
        for pair in prometheus.pairs():
            found = measured(pair, fleet)
            a_minute = sum(count * 60 / _seconds(group) for group, count in zip(fleet.groups, found, strict=True))
            row = (series, fleet.scrape_seconds, str(pair.server), *found, a_minute, computed, fleet.aim, naive)
            rows.append(tuple(cell if isinstance(cell, str) else int(cell) for cell in row))
    yield Table(
        title="Samples that Prometheus reads to evaluate the rules of one ratio SLO (stats=all)",
        columns=(
            "series",
            "scrape s",
            "measured on",
            "every minute",
            "every 5 minutes",
            "a minute",
            "computed",
            "aim",
            "each window from raw",
        ),
        forms=("d", "d", "", ",d", ",d", ",d", ",d", ",d", ",d"),
        rows=tuple(rows),
        notes=(
            "Computed: relrails.rules.cost, from the expressions. Prometheus 2 also reads the left edge of each range.",
            "The last column is computed for rules that read 5m to 3d from the raw series and average ratios over 30d.",
        ),
    )


def measured(pair: prometheus.Pair, fleet: Fleet) -> tuple[int, ...]:
    """Count the samples that one evaluation of each rule group reads, in a real database."""
    stored = (*fleet.raw, *recorded(fleet.groups))
    with tempfile.TemporaryDirectory(prefix="relrails-bench-") as folder:
        data = Path(folder) / "data"
        prometheus.fill(pair, data, history(fleet.groups, stored))
        with prometheus.serving(pair, data) as client:
            return tuple(
                sum(client.query(text(rule.expr), NOW).samples for rule in group.rules) for group in fleet.groups
            )


def history(groups: Sequence[RuleGroup], stored: Sequence[Stored]) -> Iterator[str]:
    """Play every series as far back as any rule looks, and a little further."""
    looks = [read for group in groups for rule in group.rules for read in reads(text(rule.expr))]
    for series in stored:
        every = int(exact(series.interval, "second"))
        longest = max((int(read.seconds) for read in looks if series.is_in(read.selector)), default=0)
        for back in range(longest // every + 1, -1, -1):
            at = NOW - back * every
            yield prometheus.sample(series.metric, series.labels, at - NOW + 10_000_000, at)


def every_window_from_raw() -> tuple[RuleGroup, ...]:
    """The usual rules: a ratio from raw series for each window, and the mean of the 5-minute ratios over 30 days."""
    total = selector("http_requests_total", job="api")
    bad = metric.Counter("http_requests_total").where(job="api", code=metric.matching("5..")).selector
    windows = (5 * minutes, 30 * minutes, 1 * hours, 2 * hours, 6 * hours, 1 * days, 3 * days)
    rules = [
        RecordingRule(record="ratio", expr=quotient(sum_by(rate(bad, w)), sum_by(rate(total, w))), labels={"w": str(n)})
        for n, w in enumerate(windows)
    ]
    first = selector("ratio", w="0")
    month = quotient(sum_over_time(first, 30 * days), count_over_time(first, 30 * days))
    rules.append(RecordingRule(record="ratio", expr=month, labels={"w": "month"}))
    return (RuleGroup(name="usual", interval=1 * minutes, rules=tuple(rules)),)


def _seconds(group: RuleGroup) -> Fraction:
    return Fraction(exact(group.interval, "second"))
