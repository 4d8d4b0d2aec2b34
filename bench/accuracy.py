"""How far the error budget is from the truth: raw counters through the whole chain of rules, on a real Prometheus."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench import prometheus
from bench.evaluation import FLEETS
from bench.table import Table
from bench.traffic import HOUR, MINUTE, SCRAPE_SECONDS, SHAPES, Traffic
from relrails.files import yaml_text
from relrails.promql import Aggregate, Binary, Call, Expr, Selector, text
from relrails.render.prometheus import group_fields
from relrails.rules import RecordingRule, RuleGroup, names, rule_groups
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import Duration, days, exact

NOW = 1_767_225_600  # 2026-01-01
LIMIT = 0.01
CASES = (("flat", "peak"), *((shape, at) for shape in list(SHAPES)[1:] for at in ("peak", "trough")))
STEPS = ((names.TOTAL, names.BAD), (names.TOTAL_5M, names.BAD_5M))
"""What is recorded over the whole window, one step after the other; everything else reads these."""


@dataclass(frozen=True, slots=True)
class Found:
    """The error ratio over the window: as it was, as our rules have it, and as a mean of ratios would."""

    true: float
    ours: float
    mean: float
    budget_left: float
    coverage: float

    @property
    def error(self) -> float:
        """How far we are off, as a share of the truth."""
        return self.ours / self.true - 1


def run() -> Iterator[Table]:
    """Play 30 days of every kind of traffic."""
    found = [(case, pair, measured(pair, *case, 30 * days)) for case in CASES for pair in prometheus.pairs()]
    yield Table(
        title=f"The error ratio of 30 days with one hour of outage, from raw counters scraped every {SCRAPE_SECONDS} s",
        columns=("traffic", "outage at", "measured on", "true", "ours", "error", "mean of ratios", "its error"),
        forms=("", "", "", ".5%", ".5%", "+.2%", ".5%", "+.1%"),
        rows=tuple(
            (*case, str(pair.server), f.true, f.ours, f.error, f.mean, f.mean / f.true - 1) for case, pair, f in found
        ),
        notes=(
            f"Aim: within {LIMIT:.0%}. Two instances, with late and lost scrapes and restarts. The rules are recorded",
            "step by step from the raw samples, each at its own interval, and read at the end.",
        ),
    )


def service_over(window: Duration) -> tuple[Service, SLO]:
    """One ratio SLO over a window."""
    service = replace(FLEETS[0], scrape_seconds=SCRAPE_SECONDS).service
    return service, replace(service.slos[0], window=window)


def measured(pair: prometheus.Pair, shape: str, outage: str, window: Duration) -> Found:
    """Play one kind of traffic and read the budget at its end."""
    service, slo = service_over(window)
    long = int(exact(window, "second"))
    traffic = Traffic(shape, outage, start=NOW - long - HOUR, minutes=(long + HOUR) // MINUTE + 1)
    groups = rule_groups(service, slo)
    with tempfile.TemporaryDirectory(prefix="relrails-bench-") as folder:
        data, rules = Path(folder) / "data", Path(folder) / "rules.yml"
        prometheus.fill(pair, data, traffic.samples())
        for step in STEPS:
            kept = [replace(group, rules=tuple(r for r in group.rules if _recorded(r) in step)) for group in groups]
            fields = {"groups": [group_fields(group) for group in kept if group.rules]}
            rules.write_text(yaml_text(fields, ""), encoding="utf-8")
            prometheus.record(pair, data, rules, (traffic.start // 300 + 2) * 300, NOW)
        with prometheus.serving(pair, data) as client:
            ratio, left, coverage = (
                client.query(text(at_once(groups, name)), NOW).only
                for name in (names.error_ratio(window), names.BUDGET_REMAINING, names.COVERAGE)
            )
    return Found(traffic.ratio(NOW - long, NOW), ratio, traffic.mean_of_ratios(NOW - long, NOW), left, coverage)


def at_once(groups: tuple[RuleGroup, ...], name: str) -> Expr:
    """Give the expression of a rule with those of the rules that it reads put in, down to what is stored."""
    exprs = {r.record: r.expr for group in groups for r in group.rules if isinstance(r, RecordingRule)}
    stored = {metric for step in STEPS for metric in step}

    def put_in(expr: Expr) -> Expr:
        match expr:
            case Selector(metric) if metric in exprs and metric not in stored:
                return put_in(exprs[metric])
            case Call(function, arguments):
                return Call(function, tuple(put_in(a) for a in arguments))
            case Aggregate(op, of, by):
                return Aggregate(op, put_in(of), by)
            case Binary():
                return replace(expr, left=put_in(expr.left), right=put_in(expr.right))
            case _:
                return expr

    return put_in(exprs[name])


def _recorded(rule: object) -> str | None:
    return rule.record if isinstance(rule, RecordingRule) else None
