"""The dashboard of the fleet: which SLO of which service needs somebody, and how all of them stand."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from relrails.promql import (
    Expr,
    Matcher,
    Selector,
    String,
    call,
    compare,
    count,
    duration_text,
    number,
    or_,
    product,
    quotient,
    sum_by,
)
from relrails.render.grafana import queries
from relrails.render.grafana.dashboard import Dashboard, Link
from relrails.render.grafana.field import BLUE, GREEN, RED, YELLOW, DataLink, Override, Thresholds, column
from relrails.render.grafana.layout import Section
from relrails.render.grafana.panels import AlertList, BarGauge, Panel, Stat, StatusHistory, Table
from relrails.render.grafana.sections import palette
from relrails.render.grafana.sections.now import objective_decimals
from relrails.render.grafana.service import BUDGETS, JOURNEYS, OVERVIEW
from relrails.render.grafana.target import Target
from relrails.render.grafana.transform import merge, organize
from relrails.render.grafana.unit import Unit
from relrails.rules import names
from relrails.rules.burn_windows import tiers
from relrails.rules.records import alert_windows
from relrails.service import Service
from relrails.slo import Severity
from relrails.units import Duration, days, exact

EACH = ("service", "slo")
OURS = Matcher("slo", "!=", "")
SHOWN = 15
"""Bars on one panel; the table has all."""
BURNS = 3
"""Columns of burn rates; more than three windows nobody compares."""
DAY: Duration = 1 * days
BOARD = "dashboard"
"""The label that takes a row of the table to its service's dashboard."""


def overview_dashboard(services: Sequence[Service]) -> Dashboard:
    """Give the dashboard of all services; raises ValueError where there is none."""
    panels = {"now": list(_now(services)), "slos": list(_table(services)), "days": list(_by_day(services))}
    titles = {"now": "Now", "slos": "SLOs", "days": "Day by day"}
    return Dashboard(
        uid=OVERVIEW,
        title="Service levels",
        description="Every SLO of every service: who burns, who has spent, who cannot be seen.",
        sections=[Section(key=key, title=titles[key], panels=found) for key, found in panels.items() if found],
        environments=Selector(names.OBJECTIVE),
        links=[
            *([Link(title="Journeys", url=f"/d/{JOURNEYS}", keep=True)] if any(s.journeys for s in services) else []),
            *([Link(title="Budgets", url=f"/d/{BUDGETS}", keep=True)] if any(s.budgets for s in services) else []),
        ],
    )


def _now(services: Sequence[Service]) -> Iterator[Panel]:
    every = queries.largest(queries.of_all(names.OBJECTIVE), *EACH)
    firing = {
        "Paging": (
            "An alert that calls somebody fires.",
            queries.alert_series("firing", OURS, *queries.equal(severity="page")),
            RED,
        ),
        "Low budget": (
            "Less of the budget is left than the service's policy warns at.",
            queries.alert_series("firing", OURS, *queries.equal(alertname=names.BUDGET_LOW)),
            YELLOW,
        ),
        "Blind": (
            "Nothing answers the scrapes, or a metric is missing: nobody knows how the service is.",
            queries.alert_series(
                "firing", OURS, Matcher("alertname", "=~", _either(names.EXPORTER_DOWN, names.METRIC_MISSING))
            ),
            RED,
        ),
    }
    burning = compare(queries.largest(queries.of_all(names.CURRENT_BURN_RATE), *EACH), ">", number(1))
    spent = compare(_left(), "<=", number(0))
    yield _count("slos", "SLOs", "Promises that the rules watch.", count(every), Thresholds(BLUE))
    for title, (description, alerts, color) in firing.items():
        counted = _counted(queries.largest(alerts, *EACH), every)
        yield _count(title.lower().replace(" ", "-"), title, description, counted, Thresholds(GREEN, (1, color)))
    yield _count(
        "burning",
        "Burning",
        "SLOs that spent their budget faster than it lasts, over the last 5 minutes.",
        _counted(burning, every),
        Thresholds(GREEN, (1, YELLOW)),
    )
    yield _count(
        "spent",
        "Spent",
        "SLOs that have missed their objective: no budget is left.",
        _counted(spent, every),
        Thresholds(GREEN, (1, RED)),
    )
    yield from _bars(services)
    yield AlertList(
        key="alerts",
        title="Alerts",
        description="Pending and firing alerts of SLOs, from every rule source that this Grafana knows.",
        labels='{slo=~".+"}',
        width=8,
        height=10,
    )


def _bars(services: Sequence[Service]) -> Iterator[Panel]:
    least = call("bottomk", number(SHOWN), _left())
    fastest = call("topk", number(SHOWN), queries.largest(queries.of_all(names.CURRENT_BURN_RATE), *EACH))
    yield BarGauge(
        key="least-budget",
        title="Least budget left",
        description=f"The {SHOWN} SLOs with the least of their budget left, in the colours of the strictest policy.",
        targets=[Target(expr=queries.ascending(least), legend="{{service}} {{slo}}", instant=True)],
        unit=Unit.PERCENT_OF_ONE,
        decimals=1,
        least=0,
        most=1,
        thresholds=palette.earliest(services),
        width=8,
        height=10,
    )
    yield BarGauge(
        key="fastest-burn",
        title="Burning fastest",
        description=f"The {SHOWN} SLOs that spend their budget fastest, over the last 5 minutes.",
        targets=[Target(expr=queries.descending(fastest), legend="{{service}} {{slo}}", instant=True)],
        unit=Unit.TIMES,
        decimals=1,
        least=0,
        most=palette.FASTEST,
        thresholds=palette.BURN_COLORS,
        width=8,
        height=10,
    )


def _table(services: Sequence[Service]) -> Iterator[Panel]:
    objective = queries.largest(queries.of_all(names.OBJECTIVE), *EACH)
    columns: dict[str, Expr] = {
        "Objective": _with_dashboard(objective, services),
        "Page": _state("page"),
        "Ticket": _state("ticket"),
        "Budget left": _left(),
        "Burn now": queries.largest(queries.of_all(names.CURRENT_BURN_RATE), *EACH),
        **{f"Burn {duration_text(window)}": _burn(window) for window in burn_windows(services)},
        "SLI": queries.good(product(_period_burn(), _budget())),
        "Window": queries.largest(queries.of_all(names.TIME_PERIOD), *EACH),
        "Events": sum_by(queries.of_all(names.TOTAL), *EACH),
        "Bad": sum_by(queries.of_all(names.BAD), *EACH),
    }
    shown = {"service": "Service", "slo": "SLO", BOARD: BOARD}
    shown |= {f"Value #{_ref(index)}": name for index, name in enumerate(columns)}
    yield Table(
        key="slos",
        title="SLOs",
        description="One row for each SLO, the least budget first; of several environments or groups the worst counts. "
        "A service's name leads to its dashboard.",
        targets=[
            Target(expr=expr, ref=_ref(index), form="table", instant=True, legend="")
            for index, expr in enumerate(columns.values())
        ],
        transformations=[merge(), organize(shown, hide=["Time"])],
        overrides=_columns(services),
        sort="Budget left",
        height=16,
    )


def _columns(services: Sequence[Service]) -> list[Override]:
    budget, burn = palette.earliest(services), palette.BURN_COLORS
    dashboard = DataLink(
        title="Dashboard", url=f"/d/${{__data.fields.{BOARD}}}?${{__url_time_range}}&${{__all_variables}}"
    )
    return [
        column("Service", links=[dashboard]),
        Override(match=BOARD, properties={"custom.hideFrom": {"legend": True, "tooltip": True, "viz": True}}),
        column("Page", meanings=palette.STATES, thresholds=palette.STATE_COLORS, cell="background", width=90),
        column("Ticket", meanings=palette.STATES, thresholds=palette.STATE_COLORS, cell="background", width=90),
        column("Objective", unit=Unit.PERCENT_OF_ONE, decimals=_objective_decimals(services)),
        column("Budget left", unit=Unit.PERCENT_OF_ONE, decimals=1, thresholds=budget, cell="gauge", least=0, most=1),
        *(
            column(name, unit=Unit.TIMES, decimals=1, thresholds=burn, cell="text")
            for name in ("Burn now", *(f"Burn {duration_text(window)}" for window in burn_windows(services)))
        ),
        column("SLI", unit=Unit.PERCENT_OF_ONE, decimals=3),
        column("Window", unit=Unit.DAYS),
        column("Events", unit=Unit.PER_SECOND, decimals=1),
        column("Bad", unit=Unit.PER_SECOND, decimals=3),
    ]


def _objective_decimals(services: Sequence[Service]) -> int:
    """As many digits as the strictest objective has: with fewer, 99.99 % would be shown as 100 %."""
    return max(objective_decimals(slo.goal) for service in services for slo in service.promises)


def _by_day(services: Sequence[Service]) -> Iterator[Panel]:
    if not any(_same(window, DAY) for service in services for slo in service.promises for window in alert_windows(slo)):
        return
    longest = max((slo.window for service in services for slo in service.promises), key=lambda w: exact(w, "second"))
    yield StatusHistory(
        key="by-day",
        title="Burn rate of each day",
        description="Error ratio of the 24 hours before each mark, as a multiple of what the objective allows.",
        targets=[Target(expr=_burn(DAY), legend="{{service}} {{slo}}")],
        unit=Unit.TIMES,
        decimals=1,
        thresholds=palette.BURN_COLORS,
        interval="1d",
        time_from=duration_text(longest),
        page=30,
        height=12,
    )


def burn_windows(services: Sequence[Service]) -> tuple[Duration, ...]:
    """The windows that most SLOs alert on, so that the columns are filled; shortest first."""
    found: Counter[int] = Counter()
    of: dict[int, Duration] = {}
    for service in services:
        for slo in service.promises:
            for tier in tiers(slo):
                key = int(exact(tier.long, "second"))
                of[key] = tier.long
                found[key] += 1
    most = sorted(found, key=lambda key: (-found[key], key))[:BURNS]
    return tuple(of[key] for key in sorted(most))


def _same(one: Duration, other: Duration) -> bool:
    return exact(one, "second") == exact(other, "second")


def _counted(of: Expr, every: Expr) -> Expr:
    """How many; zero only where there are SLOs to count among."""
    return or_(count(of), product(number(0), count(every)))


def _count(key: str, title: str, description: str, expr: Expr, colors: Thresholds) -> Panel:
    return Stat(
        key=key,
        title=title,
        description=description,
        targets=[Target(expr=expr, legend=title, instant=True)],
        unit=Unit.NONE,
        thresholds=colors,
    )


def _left() -> Expr:
    return queries.smallest(queries.newest(queries.of_all(names.BUDGET_REMAINING)), *EACH)


def _budget() -> Expr:
    return queries.largest(queries.of_all(names.ERROR_BUDGET), *EACH)


def _period_burn() -> Expr:
    return queries.largest(queries.newest(queries.of_all(names.PERIOD_BURN_RATE)), *EACH)


def _burn(window: Duration) -> Expr:
    ratio = queries.of_all(names.error_ratio(window))
    newest: Expr = queries.newest(ratio) if names.is_long(window) else ratio
    return quotient(queries.largest(newest, *EACH), _budget())


def _with_dashboard(of: Expr, services: Sequence[Service]) -> Expr:
    """Give each row the uid of its service's dashboard: its name, but for the names that are too long for a uid."""
    plain = names.dashboard_uid("")
    found = _replaced(of, f"{plain}$1", "(.*)")
    for service in sorted(services, key=lambda s: s.name):
        uid = names.dashboard_uid(service.name)
        if uid != f"{plain}{service.name}":
            found = _replaced(found, uid, re.escape(service.name))
    return found


def _replaced(of: Expr, uid: str, service: str) -> Expr:
    return call("label_replace", of, String(BOARD), String(uid), String("service"), String(service))


def _state(severity: Severity) -> Expr:
    return queries.alert_state(queries.of_all(names.OBJECTIVE), EACH, OURS, *queries.equal(severity=severity))


def _either(*alternatives: str) -> str:
    return "|".join(alternatives)


def _ref(index: int) -> str:
    return chr(ord("A") + index)
