"""Which alert is it, and what would it take? States over time, and the table of burn-rate alerts."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from relrails.promql import Expr, Matcher, Selector, duration_text, number, or_, product
from relrails.promql.ast import Binary
from relrails.render.grafana import queries
from relrails.render.grafana.field import column
from relrails.render.grafana.panels import Panel, StateTimeline, Table
from relrails.render.grafana.sections import palette
from relrails.render.grafana.target import Target
from relrails.render.grafana.transform import merge, organize
from relrails.render.grafana.unit import Unit
from relrails.render.grafana.view import View
from relrails.rules import Tier, names
from relrails.slo import Severity

OTHER_ALERTS = {
    names.BUDGET_LOW: "budget low",
    names.BUDGET_SPENT: "budget spent",
    names.EXPORTER_DOWN: "exporter down",
    names.METRIC_MISSING: "metric missing",
}


def alerts(view: View) -> Iterator[Panel]:
    """Give the alerts' states over time, and for each burn-rate alert how near it is."""
    yield _timeline(view)
    if view.tiers:
        yield _table(view)


def _timeline(view: View) -> Panel:
    lanes: list[tuple[str, Expr]] = [
        (f"burn, {severity}", view.alert_state(alertname=names.BURN, severity=severity))
        for severity in _severities(view)
    ]
    # Where the SLI names no scrape job, nobody can tell a dead exporter from a missing metric.
    others = {
        alert: shown for alert, shown in OTHER_ALERTS.items() if alert != names.EXPORTER_DOWN or view.slo.sli.jobs()
    }
    lanes += [(shown, view.alert_state(alertname=alert)) for alert, shown in others.items()]
    return StateTimeline(
        key="alert-states",
        title="Alerts",
        description="Quiet, pending or firing; a gap where the rules were not evaluated.",
        targets=[Target(expr=expr, legend=shown, ref=_ref(index)) for index, (shown, expr) in enumerate(lanes)],
        meanings=palette.STATES,
        thresholds=palette.STATE_COLORS,
    )


def _severities(view: View) -> Sequence[Severity]:
    return sorted({tier.severity for tier in view.tiers})


def _table(view: View) -> Panel:
    """One row for each tier and group: each column is a query that gives that tier's rows their name as a label."""
    by = view.slo.by
    evaluated = view.recorded(names.TOTAL if by else names.OBJECTIVE)
    columns: dict[str, list[Expr]] = {
        name: [] for name in ("State", "Long burn", "Short burn", "Limit", "Budget lasts")
    }
    for tier in view.tiers:
        long, short = (queries.largest(view.burn(view.error_ratio(window)), *by) for window in (tier.long, tier.short))
        firing = queries.alert_series("firing", *_labels(view, tier))
        quiet = _constant(evaluated, Decimal(0), by)
        rows: dict[str, Expr] = {
            "State": or_(product(number(queries.FIRING), queries.largest(firing, *by)), quiet),
            "Long burn": long,
            "Short burn": short,
            "Limit": _constant(evaluated, tier.factor, by),
            "Budget lasts": _constant(evaluated, view.seconds / tier.factor, by),
        }
        for name, expr in rows.items():
            columns[name].append(queries.labelled(expr, "alert", _name(tier)))
    shown = {"alert": "Alert", **{label: label for label in by}}
    shown |= {f"Value #{_ref(index)}": name for index, name in enumerate(columns)}
    return Table(
        key="burn-alerts",
        title="Burn-rate alerts",
        description="An alert fires when its long and its short burn rate are both above the limit. At the limit the "
        "whole budget lasts as long as the last column says.",
        targets=[
            Target(expr=_either(rows), ref=_ref(index), instant=True, form="table", legend="")
            for index, rows in enumerate(columns.values())
        ],
        transformations=[merge(), organize(shown, hide=["Time"])],
        overrides=[
            column("State", meanings=palette.STATES, thresholds=palette.STATE_COLORS, cell="background", width=100),
            column("Long burn", unit=Unit.TIMES, decimals=1),
            column("Short burn", unit=Unit.TIMES, decimals=1),
            column("Limit", unit=Unit.TIMES, decimals=1),
            column("Budget lasts", unit=Unit.SECONDS, decimals=1),
        ],
        sort="Alert",
        width=12,
    )


def _labels(view: View, tier: Tier) -> tuple[Matcher, ...]:
    return queries.equal(
        alertname=names.BURN,
        long=duration_text(tier.long),
        service=view.service.name,
        severity=tier.severity,
        short=duration_text(tier.short),
        slo=view.slo.name,
    )


def _constant(evaluated: Selector, value: Decimal, by: Sequence[str]) -> Expr:
    """A number that is there only where the rules are evaluated."""
    nothing = product(number(0), queries.largest(evaluated, *by))
    return Binary("+", nothing, number(value)) if value else nothing


def _either(rows: Sequence[Expr]) -> Expr:
    expr = rows[0]
    for other in rows[1:]:
        expr = or_(expr, other)
    return expr


def _name(tier: Tier) -> str:
    return f"{tier.severity} {duration_text(tier.long)} / {duration_text(tier.short)}"


def _ref(index: int) -> str:
    return chr(ord("A") + index)
