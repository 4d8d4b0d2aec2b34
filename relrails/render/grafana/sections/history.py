"""When did it begin, and where has the budget gone? The charts of an SLO."""

from collections.abc import Iterator
from decimal import Decimal

from relrails.promql import Expr, call, duration_text, number, product, quotient, sum_over_time
from relrails.render.grafana import queries
from relrails.render.grafana.field import GREEN, RED, Override, Thresholds, dashed_line, fixed_color
from relrails.render.grafana.panels import Heatmap, Panel, TimeSeries
from relrails.render.grafana.sections import palette
from relrails.render.grafana.target import Target
from relrails.render.grafana.unit import Unit
from relrails.render.grafana.view import View
from relrails.rules import names
from relrails.slo import Severity
from relrails.units import Duration, days, exact, minutes, plain

SOON: Duration = 5 * minutes
DAY: Duration = 1 * days
TOPMOST_BURN = 20
"""Where the heatmap of burn rates ends: above it the difference no longer matters."""


def history(view: View) -> Iterator[Panel]:
    """Give SLI, burn rates by severity, budget and events over time."""
    yield _sli(view)
    yield _events(view)
    for severity in ("page", "ticket"):
        if view.of_severity(severity):
            yield _burn_rates(view, severity)
    yield _budget(view)
    yield _spent_by_day(view)
    yield _burn_heatmap(view)


def _sli(view: View) -> Panel:
    return TimeSeries(
        key="sli-history",
        title="SLI, 5m",
        description=f"Share of good {view.events} in each 5 minutes, and the objective.",
        targets=[
            Target(
                expr=queries.good(view.recorded(names.error_ratio(SOON))),
                legend=view.legend("SLI"),
            ),
            Target(expr=queries.largest(view.recorded(names.OBJECTIVE)), legend="objective", ref="B"),
        ],
        unit=Unit.PERCENT_OF_ONE,
        most=1,
        overrides=[dashed_line("objective", RED)],
    )


def _events(view: View) -> Panel:
    return TimeSeries(
        key="events",
        title=f"{view.events.capitalize()} per second",
        description="All and bad ones. Few events make a ratio jump.",
        targets=[
            Target(expr=view.recorded(names.TOTAL), legend=view.legend("all")),
            Target(expr=view.recorded(names.BAD), legend=view.legend("bad"), ref="B"),
        ],
        unit=Unit.PER_SECOND,
        least=0,
        overrides=[Override(by="byRegexp", match="bad.*", properties={"color": fixed_color(RED)})],
    )


def _burn_rates(view: View, severity: Severity) -> Panel:
    own = view.of_severity(severity)
    windows = {duration_text(window): window for tier in own for window in (tier.long, tier.short)}
    limits = " or ".join(
        f"{_short(tier.factor)}× on both {duration_text(tier.long)} and {duration_text(tier.short)}" for tier in own
    )
    worst = f" Of the {' and '.join(view.slo.by)} the worst is shown." if view.slo.by else ""
    return TimeSeries(
        key=f"burn-{severity}",
        title=f"Burn rate, {severity} alerts",
        description=f"The {severity} comes above {limits}.{worst}",
        targets=[
            Target(
                expr=_worst(view, view.burn(view.recorded(names.error_ratio(window)))),
                legend=f"{name} {{{{env}}}}",
                ref=chr(ord("A") + index),
            )
            for index, (name, window) in enumerate(windows.items())
        ],
        unit=Unit.TIMES,
        least=0,
        soft_most=max(tier.factor for tier in own),
        thresholds=palette.limit_lines(view, severity),
        threshold_style="dashed",
    )


def _worst(view: View, burning: Expr) -> Expr:
    """One line for each window: with groups there would be too many to tell apart."""
    return queries.largest(burning, "env") if view.slo.by else burning


def _budget(view: View) -> Panel:
    return TimeSeries(
        key="budget-history",
        title="Budget left over time",
        description=f"At each moment, what was left of the budget of the {view.window} before it.",
        targets=[Target(expr=view.recorded(names.BUDGET_REMAINING), legend=view.legend("left"))],
        unit=Unit.PERCENT_OF_ONE,
        most=1,
        soft_least=0,
        thresholds=palette.budget_colors(view.service.error_budget),
        threshold_style="dashed",
        time_from=view.window,
    )


def _spent_by_day(view: View) -> Panel:
    even = round(exact(DAY, "second") / view.seconds, 6)
    bad = sum_over_time(view.recorded(names.BAD_5M), DAY)
    budget = product(view.recorded(names.total_over(view.slo.window)), number(view.budget))
    return TimeSeries(
        key="spent-by-day",
        title="Budget spent by day",
        description=f"Share of the whole budget that the 24 hours before each bar took. The line is the even pace, at "
        f"which the budget lasts exactly {view.window}.",
        targets=[Target(expr=quotient(bad, budget), legend=view.legend("spent"))],
        unit=Unit.PERCENT_OF_ONE,
        least=0,
        soft_most=2 * even,
        thresholds=Thresholds(GREEN, (even, RED)),
        threshold_style="dashed",
        bars=True,
        interval="1d",
        time_from=view.window,
    )


def _burn_heatmap(view: View) -> Panel:
    burning = view.recorded(names.CURRENT_BURN_RATE)
    return Heatmap(
        key="burn-heatmap",
        title="Burn rate, how often",
        description=f"How often the budget burnt how fast; above {TOPMOST_BURN}× counts as {TOPMOST_BURN}×.",
        targets=[Target(expr=call("clamp_max", burning, number(TOPMOST_BURN)), legend=view.legend("burn"))],
        unit=Unit.TIMES,
        calculate=True,
        time_from=view.window,
    )


def _short(number_: Decimal) -> str:
    return format(plain(round(number_, 2)), "f")
