"""The dashboard of all budgets but the error budgets: which one is nearly spent, and how each got there."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from relrails.promql import Expr, Selector, call, number, quotient
from relrails.render.grafana import queries
from relrails.render.grafana.dashboard import Dashboard, Link
from relrails.render.grafana.field import GREEN, RED, YELLOW, Thresholds, column
from relrails.render.grafana.layout import Section
from relrails.render.grafana.panels import AlertList, BarGauge, Panel, Table, TimeSeries
from relrails.render.grafana.sections.spending import spending
from relrails.render.grafana.sections.traffic import traffic
from relrails.render.grafana.service import BUDGETS, OVERVIEW
from relrails.render.grafana.target import Target
from relrails.render.grafana.transform import merge, organize
from relrails.render.grafana.unit import Unit
from relrails.rules import names
from relrails.service import Service

EACH = ("service", "budget", "aspect")
COLORS = Thresholds(GREEN, (Decimal("0.8"), YELLOW), (1, RED))
SHOWN = 15
ALERTS = (
    names.QUEUE_DEEP,
    names.QUEUE_SLOW,
    names.QUEUE_OLD,
    names.JOBS_OVER,
    names.JOB_STUCK,
    names.STORAGE_GROWS,
    names.SPENT,
    names.BUDGET_BLIND,
)


def budgets_dashboard(services: Sequence[Service]) -> Dashboard:
    """Give the dashboard of all budgets."""
    return Dashboard(
        uid=BUDGETS,
        title="Cost and performance budgets",
        description="Queues, jobs, storage and money: what is used of what is allowed. And the traffic that uses it.",
        sections=[
            Section(key="now", title="Now", panels=list(_now())),
            Section(key="history", title="Over time", panels=list(_history())),
            *(
                Section(key=f"service/{service.name}", title=service.name, panels=panels)
                for service in sorted(services, key=lambda s: s.name)
                if (panels := [*traffic(service), *spending(service)])
            ),
        ],
        environments=Selector(names.BUDGET_LIMIT),
        tags=["budgets"],
        links=[Link(title="All services", url=f"/d/{OVERVIEW}", keep=True)],
    )


def _now() -> Iterator[Panel]:
    yield BarGauge(
        key="share",
        title="Used of what is allowed",
        description=f"The {SHOWN} budgets of which most is used; above 100 % a ticket comes.",
        targets=[
            Target(
                expr=queries.descending(call("topk", number(SHOWN), _share())),
                legend="{{service}} {{budget}} {{aspect}}",
                instant=True,
            )
        ],
        unit=Unit.PERCENT_OF_ONE,
        decimals=0,
        least=0,
        most=1,
        thresholds=COLORS,
        width=14,
        height=10,
    )
    yield AlertList(
        key="alerts",
        title="Alerts",
        description="Pending and firing alerts of budgets, from every rule source that this Grafana knows.",
        labels='{alertname=~"' + "|".join(ALERTS) + '"}',
        width=10,
        height=10,
    )
    yield _table()


def _table() -> Panel:
    columns: dict[str, Expr] = {
        "Used": queries.largest(queries.newest(queries.of_all(names.BUDGET_USED)), *EACH, "unit"),
        "Allowed": queries.largest(queries.newest(queries.of_all(names.BUDGET_LIMIT)), *EACH, "unit"),
        "Share": _share(),
    }
    shown = {"service": "Service", "budget": "Budget", "aspect": "Of", "Value #A": "Used", "Value #B": "Allowed"}
    return Table(
        key="budgets",
        title="Budgets",
        description="Each in the unit in which its limit is written, that of which most is used first.",
        targets=[
            Target(expr=expr, ref=queries.ref(index), form="table", instant=True, legend="")
            for index, expr in enumerate(columns.values())
        ],
        transformations=[merge(), organize({**shown, "unit": "Unit", "Value #C": "Share"}, hide=["Time"])],
        overrides=[
            column("Used", unit=Unit.NONE, decimals=2),
            column("Allowed", unit=Unit.NONE),
            column("Share", unit=Unit.PERCENT_OF_ONE, decimals=0, thresholds=COLORS, cell="gauge", least=0, most=1),
        ],
        sort="Share",
        descending=True,
        height=12,
    )


def _history() -> Iterator[Panel]:
    yield TimeSeries(
        key="share-history",
        title="Used of what is allowed",
        description="Each budget as a share of its limit, which is the line.",
        targets=[Target(expr=_share(), legend="{{service}} {{budget}} {{aspect}}")],
        unit=Unit.PERCENT_OF_ONE,
        least=0,
        soft_most=1,
        thresholds=Thresholds("transparent", (1, RED)),
        threshold_style="dashed",
        legend="table",
        legend_calcs=("lastNotNull", "max"),
        width=24,
        height=12,
    )


def _share() -> Expr:
    used, limit = (
        queries.largest(queries.newest(queries.of_all(metric)), *EACH)
        for metric in (names.BUDGET_USED, names.BUDGET_LIMIT)
    )
    return quotient(used, limit)
