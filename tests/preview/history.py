"""Some days of services and journeys as Prometheus would hold them: good, then an outage of an hour, then good again.

What the rules record is written here directly, in step with one another: a preview is of dashboards, not of rules.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.prometheus import sample
from relrails.metric import Counter, Histogram
from relrails.probe import Journey
from relrails.probe import names as probe
from relrails.probe.host import CHECKS, Host, hosts_of
from relrails.rules import RecordingRule, names, rule_groups
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import exact

HOUR = 3600
OUTAGE = (3 * HOUR, 2 * HOUR)
"""From so many seconds before the end, to so many."""
RECENT, SPARSE = 26 * HOUR, 300
"""Only the newest day is there minute by minute."""
BAD = 0.02
"""Share of bad events while it lasts."""
PHASES = {"resolve": 0.002, "connect": 0.01, "tls": 0.02, "send": 0.001, "wait": 0.2, "receive": 0.03}
Labels = dict[str, str]


@dataclass(frozen=True)
class History:
    """What happened from `start` to `end`, in unix seconds."""

    start: int
    end: int

    def lines(self, services: Sequence[Service]) -> Iterator[str]:
        """Give everything as OpenMetrics."""
        for service in services:
            for slo in service.promises:
                yield from self._recorded(service, slo)
            for slo in service.slos:
                yield from self._raw(slo)
            for journey in service.journeys:
                yield from self._journey(journey)
            yield from self._hosts(hosts_of(service.journeys))
        yield from self._series("up", {"job": probe.JOB, "instance": "runner:9"}, lambda _: 1, 60)
        yield from self._series("scrape_samples_scraped", {"job": probe.JOB, "instance": "runner:9"}, lambda _: 251, 60)
        yield from self._series(probe.EGRESS_OK, {"job": probe.JOB, "instance": "runner:9"}, lambda _: 1, 60)

    def bad(self, at: float) -> bool:
        """Tell whether the outage lasts."""
        return self.end - OUTAGE[0] <= at < self.end - OUTAGE[1]

    def _flag(self, at: float) -> float:
        return 1 if self.bad(at) else 0

    def ratio(self, slo: SLO, at: float, window: float) -> float:
        """Give the share of bad events in the time before a moment."""
        begin, end = self.end - OUTAGE[0], self.end - OUTAGE[1]
        inside = max(0.0, min(at, end) - max(at - window, begin))
        usual = float(slo.budget) * 0.4
        return usual + (BAD - usual) * inside / window

    def _series(self, metric: str, labels: Labels, value: Callable[[float], float], step: int) -> Iterator[str]:
        start = self.start if step >= SPARSE else max(self.start, self.end - RECENT)
        for at in range(start, self.end + 1, step):
            found = value(at)
            if not math.isnan(found):
                yield sample(metric, labels, found, at)

    def _recorded(self, service: Service, slo: SLO) -> Iterator[str]:
        groups = rule_groups(service, slo)
        firing = (self.end - OUTAGE[0] + 300, self.end - OUTAGE[1] + 300)
        groupings: list[Labels] = [{}] if not slo.by else [dict.fromkeys(slo.by, value) for value in ("eu", "us")]
        for group in groups:
            step = int(exact(group.interval, "second"))
            for rule in group.rules:
                if isinstance(rule, RecordingRule):
                    step = SPARSE if rule.record == names.CURRENT_BURN_RATE else step
                    for more in groupings:
                        labels = {**rule.labels, **more}
                        yield from self._series(rule.record, labels, self._of(rule.record, slo), step)
                elif rule.alert == names.BURN and rule.labels["severity"] == "ticket" and rule.labels["long"] == "6h":
                    labels = {"alertname": rule.alert, "alertstate": "firing", **rule.labels, **groupings[0]}
                    yield from self._series("ALERTS", labels, lambda at: 1 if at >= firing[0] else math.nan, 60)
                    since = {name: value for name, value in labels.items() if name != "alertstate"}
                    yield from self._series(
                        "ALERTS_FOR_STATE", since, lambda at: firing[0] if at >= firing[0] else math.nan, 60
                    )

    def _of(self, record: str, slo: SLO) -> Callable[[float], float]:
        window, budget = float(exact(slo.window, "second")), float(slo.budget)
        constant: dict[str, float] = {
            names.OBJECTIVE: float(slo.goal),
            names.ERROR_BUDGET: budget,
            names.TIME_PERIOD: window / 86_400,
            names.COVERAGE: 0.97,
            names.INFO: 1,
        }
        if record in constant:
            return lambda _: constant[record]
        if record.startswith("slo:sli_error:ratio_rate"):
            length = _length(record.removeprefix("slo:sli_error:ratio_rate"))
            return lambda at: self.ratio(slo, at, length)
        named: dict[str, Callable[[float], float]] = {
            names.TOTAL: _traffic,
            names.BAD: lambda at: _traffic(at) * self.ratio(slo, at, 60),
            names.TOTAL_5M: lambda at: 300 * _traffic(at),
            names.BAD_5M: lambda at: 300 * _traffic(at) * self.ratio(slo, at, 300),
            names.CURRENT_BURN_RATE: lambda at: self.ratio(slo, at, 300) / budget,
            names.PERIOD_BURN_RATE: lambda at: self.ratio(slo, at, window) / budget,
            names.BUDGET_REMAINING: lambda at: 1 - self.ratio(slo, at, window) / budget,
            names.total_over(slo.window): lambda _: 20 * window,
            names.bad_over(slo.window): lambda at: 20 * window * self.ratio(slo, at, window),
        }
        return named[record]

    def _raw(self, slo: SLO) -> Iterator[str]:
        start = max(self.start, self.end - 26 * HOUR)
        recent = History(start, self.end)
        for metric in {metric.name: metric for metric in reversed(slo.sli.metrics())}.values():
            where = {m.label: m.value for m in metric.matchers if m.op == "="} | {"instance": "a:80"}
            if isinstance(metric, Histogram) and not metric.native:
                for bound, share in _shares(metric.buckets):
                    labels = {**where, "le": bound}
                    yield from recent._series(f"{metric.name}_bucket", labels, _rising(20 * share, start), 60)
            elif isinstance(metric, Counter):
                for code, share in (("500", 0.001), ("503", 0.0004), ("200", 0.9986)):
                    labels = {"code": code, "outcome": "mismatch", **where}
                    yield from recent._series(metric.name, labels, _rising(20 * share, start), 60)

    def _journey(self, journey: Journey) -> Iterator[str]:
        start = max(self.start, self.end - 26 * HOUR)
        recent = History(start, self.end)
        every = float(exact(journey.every, "second"))
        where = {"env": journey.env, "journey": journey.name, "job": probe.JOB, "instance": "runner:9"}
        last = journey.steps[-1].name
        begin, end = self.end - OUTAGE[0], self.end - OUTAGE[1]

        def failed(at: float) -> float:
            return max(0.0, min(at, end) - begin) / every

        yield from self._series(probe.SUCCESS, where, lambda at: 0 if self.bad(at) else 1, 60)
        yield from recent._series(probe.LAST_RUN, where, lambda at: at - at % every, 60)
        good = [("success", lambda at: (at - start) / every - failed(at)), ("failure", failed)]
        for outcome, value in [*good, *((o, _nothing) for o in ("flaky", "error", "skipped", "cancelled"))]:
            yield from recent._series(probe.RUNS, {**where, "outcome": outcome}, value, 60)
        for metric in (probe.RETRIES, probe.RETRIES_SUPPRESSED):
            yield from recent._series(metric, where, lambda _: 0, 60)
        for metric, typical in ((probe.DURATION, float(exact(journey.latency, "second")) / 3), (probe.LATENESS, 0.002)):
            for bound, share in _around(typical):
                labels = {**where, "le": bound}
                yield from recent._series(f"{metric}_bucket", labels, _rising(share / every, start), 60)
        for number, step in enumerate(journey.steps, start=1):
            at_step = {**where, "step": step.name}
            for bound, share in _around(0.05 * number):
                labels = {**at_step, "le": bound}
                yield from recent._series(f"{probe.STEP_DURATION}_bucket", labels, _rising(share / every, start), 60)
            for phase, seconds in PHASES.items():
                labels = {**at_step, "phase": phase}
                yield from recent._series(probe.PHASE, labels, _wobbling(seconds), 60)
            for reason in ("timeout", "http_5xx"):
                labels, hit = {**at_step, "reason": reason}, step.name == last and reason == "http_5xx"
                yield from recent._series(probe.FAILING, labels, self._flag if hit else _nothing, 60)
                yield from recent._series(probe.STEP_FAILURES, labels, failed if hit else _nothing, 60)

    def _hosts(self, hosts: Sequence[Host]) -> Iterator[str]:
        for host in hosts:
            for check in CHECKS:
                where = {"env": host.env, "target": host.name, "check": check, "job": probe.REACHABILITY_JOB}
                yield from self._series(probe.SUCCESS, where, lambda at: 0 if self.bad(at) else 1, 60)
                if host.secure:
                    yield from self._series(probe.CERTIFICATE_ENDS, where, lambda _: self.end + 40 * 24 * HOUR, 60)


def _rising(per_second: float, start: float) -> Callable[[float], float]:
    return lambda at: per_second * (at - start)


def _wobbling(around: float) -> Callable[[float], float]:
    return lambda at: around * (1 + 0.3 * math.sin(at / 3600))


def _nothing(_: float) -> float:
    return 0


def _traffic(at: float) -> float:
    return 20 + 8 * math.sin(2 * math.pi * at / 86_400)


def _length(window: str) -> float:
    return {"m": 60.0, "h": 3600.0, "d": 86_400.0}[window[-1]] * int(window[:-1])


def _shares(buckets: Sequence[float]) -> list[tuple[str, float]]:
    found = [(f"{bound:g}", 1 - 0.4 / (index + 1) ** 3) for index, bound in enumerate(buckets)]
    return [*found, ("+Inf", 1.0)]


def _around(typical: float) -> list[tuple[str, float]]:
    shares = ((0.5, 0.2), (1, 0.7), (2, 0.96), (4, 0.995))
    return [*((f"{typical * factor:g}", share) for factor, share in shares), ("+Inf", 1.0)]
