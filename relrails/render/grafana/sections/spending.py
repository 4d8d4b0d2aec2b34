"""What does it cost, and is that allowed? Each budget's value against its limit, in base units so that they scale."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from relrails.budget import Budget, ExportRuntime, QueueDepth, Spend, StorageGrowth
from relrails.promql import (
    Expr,
    Matcher,
    Selector,
    call,
    clamp_min,
    compare,
    difference,
    number,
    product,
    quotient,
    rate,
    sum_by,
)
from relrails.promql.ast import Range
from relrails.render.grafana import queries
from relrails.render.grafana.field import GREEN, ORANGE, RED, Thresholds, ValueText, dashed_line
from relrails.render.grafana.panels import Panel, Stat, TimeSeries
from relrails.render.grafana.target import Target
from relrails.render.grafana.unit import Unit
from relrails.rules import names
from relrails.service import Service
from relrails.units import Duration, days, exact, factor, hours, plain, text

DAY = int(exact(1 * days, "second"))
TREND: Duration = 1 * hours
USED, LIMIT = "used", "limit"
MOST = 10


def spending(service: Service) -> Iterator[Panel]:
    """Give the panels of every budget, by name."""
    for budget in sorted(service.budgets, key=lambda b: b.name):
        match budget:
            case QueueDepth():
                yield from _queue(service, budget)
            case ExportRuntime():
                yield from _jobs(service, budget)
            case StorageGrowth():
                yield from _storage(service, budget)
            case Spend():
                scale = _scale(factor(budget.max) * DAY)
                yield _against(service, budget, "spend", "spent in a day", unit=Unit.DOLLARS, scale=scale)


def _queue(service: Service, budget: QueueDepth) -> Iterator[Panel]:
    yield _against(service, budget, "depth", "waiting", unit=Unit.SHORT, scale=Decimal(1))
    scale = _scale(factor(budget.drained_in))
    yield _against(service, budget, "drain", "time until it is empty", unit=Unit.SECONDS, scale=scale)
    if budget.oldest is not None and budget.oldest_at_most is not None:
        scale = _scale(factor(budget.oldest_at_most))
        yield _against(service, budget, "oldest", "age of the oldest item", unit=Unit.SECONDS, scale=scale)
    yield _full_in(service, budget)


def _full_in(service: Service, budget: QueueDepth) -> Panel:
    depth = _recorded(service, budget, names.QUEUE_DEPTH)
    grows = compare(call("deriv", Range(depth, TREND)), ">", number(0))
    left = clamp_min(difference(number(exact(budget.max, "item")), depth), 0)  # how long ago is no forecast
    return Stat(
        key=f"{budget.name}/full-in",
        title=f"{budget.name}: full in",
        description=f"When {text(budget.max)} wait if the queue goes on growing as in the last hour. No data "
        "means that it does not grow.",
        targets=[Target(expr=queries.smallest(quotient(left, grows)), legend="full in", instant=True)],
        unit=Unit.SECONDS,
        decimals=1,
        thresholds=Thresholds(RED, (3600, ORANGE), (DAY, GREEN)),
        meanings=(ValueText(value=0, text="full", color=RED),),
        width=12,
    )


def _jobs(service: Service, budget: ExportRuntime) -> Iterator[Panel]:
    buckets = Selector(f"{budget.durations.name}_bucket", (*budget.durations.matchers, queries.ENVIRONMENT))
    taken = call("histogram_quantile", number(Decimal("0.95")), sum_by(rate(buckets, TREND), "le"))
    limit = exact(budget.p95, "second")
    yield TimeSeries(
        key=f"{budget.name}/p95-seconds",
        title=f"{budget.name}: p95",
        description=f"Time that 95 of 100 jobs of the last hour took at most; the budget is {text(budget.p95)}.",
        targets=[Target(expr=taken, legend="p95", exemplar=True)],
        unit=Unit.SECONDS,
        least=0,
        soft_most=limit,
        thresholds=Thresholds("transparent", (limit, RED)),
        threshold_style="dashed",
    )
    yield _against(service, budget, "p95", f"slower than {text(budget.p95)}", unit=Unit.PERCENT, scale=Decimal(1))
    scale = _scale(factor(budget.longest))
    yield _against(service, budget, "longest", "longest still running", unit=Unit.SECONDS, scale=scale)


def _storage(service: Service, budget: StorageGrowth) -> Iterator[Panel]:
    scale = _scale(factor(budget.max) * DAY)
    legend = " ".join(f"{{{{{label}}}}}" for label in budget.by)
    for key, metric, title, what in (
        ("written", names.STORAGE_TOP, "written in a day", "What each tenant wrote in the day before each moment"),
        ("net", names.STORAGE_NET, "kept more than a day ago", "How much more is kept of each tenant than a day ago"),
    ):
        series: Expr = _recorded(service, budget, metric)
        shown = series if metric == names.STORAGE_TOP else call("topk", number(MOST), series)
        yield TimeSeries(
            key=f"{budget.name}/{key}",
            title=f"{budget.name}: {title}",
            description=f"{what}, the {budget.top if key == 'written' else MOST} largest; the budget of each is "
            f"{text(budget.max)}.",
            targets=[
                Target(expr=product(shown, number(scale)), legend=legend),
                Target(expr=_limit(service, budget, "growth", scale), legend=LIMIT, ref="B"),
            ],
            unit=Unit.BYTES,
            overrides=[dashed_line(LIMIT, RED)],
            legend="table",
            legend_calcs=("lastNotNull", "max"),
        )


def _against(service: Service, budget: Budget, aspect: str, what: str, *, unit: Unit, scale: Decimal) -> Panel:
    """Show what is used of one aspect of a budget, and what may be."""
    used = queries.largest(_recorded(service, budget, names.BUDGET_USED, aspect=aspect))
    return TimeSeries(
        key=f"{budget.name}/{aspect}",
        title=f"{budget.name}: {what}",
        description="What is used, and, dashed, what may be used before a ticket comes.",
        targets=[
            Target(expr=_scaled(used, scale), legend=USED),
            Target(expr=_limit(service, budget, aspect, scale), legend=LIMIT, ref="B"),
        ],
        unit=unit,
        least=0,
        overrides=[dashed_line(LIMIT, RED)],
    )


def _limit(service: Service, budget: Budget, aspect: str, scale: Decimal) -> Expr:
    return _scaled(queries.largest(_recorded(service, budget, names.BUDGET_LIMIT, aspect=aspect)), scale)


def _scaled(of: Expr, scale: Decimal) -> Expr:
    return of if scale == 1 else product(of, number(scale))


def _recorded(service: Service, budget: Budget, metric: str, **labels: str) -> Selector:
    of = {"service": service.name, "budget": budget.name, **labels}
    return Selector(metric, (*(Matcher(k, "=", v) for k, v in of.items()), queries.ENVIRONMENT))


def _scale(base: Fraction) -> Decimal:
    return plain(base)
