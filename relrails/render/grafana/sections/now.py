"""Is it bad, and how much time is left? The first two lines of an SLO, one number each."""

from collections.abc import Iterator
from decimal import Decimal

from relrails.promql import Expr, call, clamp_min, difference, duration_text, number, product, quotient
from relrails.render.grafana import queries
from relrails.render.grafana.field import BLUE, GREEN, ORANGE, RED, YELLOW, DataLink, RangeText, Thresholds, ValueText
from relrails.render.grafana.panels import Gauge, Panel, Stat
from relrails.render.grafana.sections import palette
from relrails.render.grafana.target import Target
from relrails.render.grafana.unit import Unit
from relrails.render.grafana.view import View
from relrails.rules import names
from relrails.slo import Severity
from relrails.units import Duration, days, exact, minutes, plain

DAY = exact(1 * days, "second")
SLOWEST = Decimal("0.001")
"""The burn rate to divide by where nothing burns; a budget that lasts a thousand windows is as good as for ever."""
FILLED = Decimal("0.95")


def now(view: View) -> Iterator[Panel]:
    """Give alert states, burn rate, what is left, and what it is measured against."""
    yield _state(view, "page", "Page", "call somebody")
    yield _state(view, "ticket", "Ticket", "open a ticket")
    yield _burn_rate(view)
    yield _exhaustion(view)
    yield _budget_left(view)
    yield _sli(view)
    yield _objective(view)
    yield _outage_left(view)
    yield _events_left(view)
    yield _coverage(view)


def _state(view: View, severity: Severity, title: str, does: str) -> Panel:
    return Stat(
        key=severity,
        title=title,
        description=f"Worst state of the alerts that {does}. No data means that the rules are not evaluated.",
        targets=[_one(view.alert_state(severity=severity), title)],
        unit=Unit.NONE,
        meanings=palette.STATES,
        thresholds=palette.STATE_COLORS,
        color_mode="background",
        links=[DataLink(title="Runbook", url=view.service.runbook, new_tab=True)],
    )


def _burn_rate(view: View) -> Panel:
    return Stat(
        key="burn-now",
        title="Burn rate now",
        description=f"How many times faster than allowed the budget goes, over the last 5 minutes; at 1× it lasts "
        f"exactly {view.window}.{_worst(view)}",
        targets=[_one(queries.largest(view.recorded(names.CURRENT_BURN_RATE)), "Burn rate")],
        unit=Unit.TIMES,
        decimals=1,
        thresholds=palette.burn_colors(view),
    )


def _exhaustion(view: View) -> Panel:
    pace, whole = pace_window(view), view.seconds
    burning = view.burn(view.error_ratio(pace))
    left = clamp_min(view.newest(names.BUDGET_REMAINING), 0)
    lasts = quotient(product(left, number(whole)), call("clamp_min", burning, number(SLOWEST)))
    return Stat(
        key="exhaustion",
        title="Budget lasts",
        description=f"When the budget is spent if the pace of the last {duration_text(pace)} goes on.{_worst(view)}",
        targets=[_one(queries.smallest(lasts), "Budget lasts")],
        unit=Unit.SECONDS,
        decimals=1,
        meanings=(
            ValueText(value=0, text="spent", color=RED),
            RangeText(from_=whole, to=plain(whole / SLOWEST), text="> window", color=GREEN),
        ),
        thresholds=Thresholds(RED, (DAY, ORANGE), (3 * DAY, YELLOW), (whole, GREEN)),
    )


def _budget_left(view: View) -> Panel:
    return Gauge(
        key="budget-left",
        title="Budget left",
        description=f"Share of the error budget of the last {view.window} that is left; below zero the "
        f"objective is missed.{_worst(view)}",
        targets=[_one(queries.smallest(view.newest(names.BUDGET_REMAINING)), "Budget left")],
        unit=Unit.PERCENT_OF_ONE,
        decimals=1,
        least=0,
        most=1,
        thresholds=palette.budget_colors(view.service.error_budget),
    )


def _sli(view: View) -> Panel:
    return Stat(
        key="sli",
        title=f"SLI, {view.window}",
        description=f"Share of good {view.events} over the last {view.window}.{_worst(view)}",
        targets=[_one(queries.smallest(queries.good(view.error_ratio(view.slo.window))), "SLI")],
        unit=Unit.PERCENT_OF_ONE,
        decimals=objective_decimals(view.goal) + 1,
        thresholds=palette.objective_colors(view),
    )


def _objective(view: View) -> Panel:
    return Stat(
        key="objective",
        title="Objective",
        description=f"Promised share of good {view.events} over any {view.window}.",
        targets=[_one(queries.largest(view.recorded(names.OBJECTIVE)), "Objective")],
        unit=Unit.PERCENT_OF_ONE,
        decimals=objective_decimals(view.goal),
        thresholds=Thresholds(BLUE),
        width=6,
    )


def _outage_left(view: View) -> Panel:
    whole = view.budget * view.seconds
    return Stat(
        key="outage-left",
        title="Outage left",
        description=f"How long all may still fail before the objective is missed, at even traffic.{_worst(view)}",
        targets=[_one(queries.smallest(product(view.newest(names.BUDGET_REMAINING), number(whole))), "Outage left")],
        unit=Unit.SECONDS,
        decimals=1,
        thresholds=palette.budget_colors(view.service.error_budget).times(whole),
        width=6,
    )


def _events_left(view: View) -> Panel:
    total, bad = (view.newest(name(view.slo.window)) for name in (names.total_over, names.bad_over))
    left = difference(product(total, number(view.budget)), bad)
    return Stat(
        key="events-left",
        title=f"Bad {view.events} left",
        description=f"How many more may fail before the objective is missed, at the traffic of the last "
        f"{view.window}.{_worst(view)}",
        targets=[_one(queries.smallest(left), f"Bad {view.events} left")],
        unit=Unit.SHORT,
        decimals=0,
        thresholds=Thresholds(RED, (1, GREEN)),
        width=6,
    )


def _coverage(view: View) -> Panel:
    return Stat(
        key="coverage",
        title="Window filled",
        description=f"How much of the last {view.window} has data; until it is full, the budget is that of "
        f"a shorter time.{_worst(view)}",
        targets=[_one(queries.smallest(view.newest(names.COVERAGE)), "Window filled")],
        unit=Unit.PERCENT_OF_ONE,
        decimals=0,
        thresholds=Thresholds(YELLOW, (FILLED, GREEN)),
        width=6,
    )


def pace_window(view: View) -> Duration:
    """The window whose burn rate tells how long the budget lasts: long enough not to jump, short enough to be now."""
    longs = [tier.long for tier in view.tiers]
    return min(longs, key=lambda long: exact(long, "second"), default=5 * minutes)


def objective_decimals(goal: Decimal) -> int:
    """Digits that the objective has as a percentage: none for 95 %, two for 99.95 %."""
    _, digits, exponent = plain(goal * 100).as_tuple()
    return max(-exponent, 0) if digits and isinstance(exponent, int) else 0


def _one(expr: Expr, legend: str) -> Target:
    return Target(expr=expr, legend=legend, instant=True)


def _worst(view: View) -> str:
    of = (*view.slo.by, "environment")
    return f" The worst {' and '.join(of)} counts."
