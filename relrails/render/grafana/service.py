"""The dashboard of one service: what is wrong now, then each SLO in a section of its own."""

from collections.abc import Iterator
from urllib.parse import quote

from relrails.promql import Matcher, Selector, duration_text
from relrails.promql.printer import quoted
from relrails.render.grafana import queries
from relrails.render.grafana.dashboard import Annotation, Dashboard, Link
from relrails.render.grafana.layout import Section
from relrails.render.grafana.panels import AlertList, BarGauge, Panel
from relrails.render.grafana.sections import palette
from relrails.render.grafana.sections.alerts import alerts
from relrails.render.grafana.sections.canary import canary
from relrails.render.grafana.sections.causes import causes
from relrails.render.grafana.sections.definition import definition
from relrails.render.grafana.sections.history import history
from relrails.render.grafana.sections.journey import journey
from relrails.render.grafana.sections.now import now
from relrails.render.grafana.sections.spending import spending
from relrails.render.grafana.sections.traffic import traffic
from relrails.render.grafana.target import Target
from relrails.render.grafana.unit import Unit
from relrails.render.grafana.view import View
from relrails.rules import names
from relrails.rules.annotations import percent_text
from relrails.service import Service
from relrails.slo import SLO

OVERVIEW, JOURNEYS, BUDGETS = (names.dashboard_uid(name) for name in ("overview", "journeys", "budgets"))


def service_dashboard(service: Service) -> Dashboard:
    """Give the dashboard of a service; SLOs stand in the order of their names."""
    slos = sorted(service.promises, key=lambda slo: slo.name)
    cost = [*traffic(service), *spending(service)]
    return Dashboard(
        uid=names.dashboard_uid(service.name),
        title=f"{service.name} service levels",
        description=" ".join(service.description.split()),
        sections=[
            Section(key="all", title="All SLOs", panels=list(_all(service))),
            *([Section(key="canary", title="Canary", panels=list(canary(service)))] if service.canary else []),
            *(Section(key=f"slo/{slo.name}", title=_heading(slo), panels=list(_one(service, slo))) for slo in slos),
            *([Section(key="budgets", title="Cost and performance", panels=cost)] if cost else []),
        ],
        environments=Selector(names.OBJECTIVE, (Matcher("service", "=", service.name),)),
        tags=[service.name, service.owner],
        links=[
            Link(title="All services", url=f"/d/{OVERVIEW}", keep=True),
            *([Link(title="Journeys", url=f"/d/{JOURNEYS}", keep=True)] if service.journeys else []),
            *([Link(title="Budgets", url=f"/d/{BUDGETS}", keep=True)] if service.budgets else []),
            Link(title="Runbook", url=service.runbook),
            Link(title="Alerts", url=f"/alerting/list?search={quote(f'label:service={service.name}')}"),
        ],
        annotations=[
            Annotation(
                name="Firing alerts",
                expr=queries.of_all("ALERTS", service=service.name, alertstate="firing"),
                color="red",
                title="{{alertname}} {{slo}}",
                labels=["severity", "slo"],
            )
        ],
    )


def _heading(slo: SLO) -> str:
    return f"{slo.name}: {percent_text(slo.goal)} over {duration_text(slo.window)}"


def _all(service: Service) -> Iterator[Panel]:
    yield BarGauge(
        key="budgets",
        title="Budget left",
        description="Share of each error budget that is left, the least first.",
        targets=[_by_slo(service, names.BUDGET_REMAINING, worst="min")],
        unit=Unit.PERCENT_OF_ONE,
        decimals=1,
        least=0,
        most=1,
        thresholds=palette.budget_colors(service.error_budget),
        width=8,
        height=6,
    )
    yield BarGauge(
        key="burns",
        title="Burn rate now",
        description="How many times faster than allowed each budget goes, over the last 5 minutes; the fastest first.",
        targets=[_by_slo(service, names.CURRENT_BURN_RATE, worst="max")],
        unit=Unit.TIMES,
        decimals=1,
        least=0,
        most=palette.FASTEST,
        thresholds=palette.BURN_COLORS,
        width=8,
        height=6,
    )
    yield AlertList(
        key="alerts",
        title="Alerts",
        description="Pending and firing alerts of this service, from every rule source that this Grafana knows.",
        labels=f"{{service={quoted(service.name)}}}",
        width=8,
        height=6,
    )


def _by_slo(service: Service, metric: str, worst: str) -> Target:
    found = queries.of_all(metric, service=service.name)
    expr = (
        queries.ascending(queries.smallest(queries.newest(found), "slo"))
        if worst == "min"
        else queries.descending(queries.largest(found, "slo"))
    )
    return Target(expr=expr, legend="{{slo}}", instant=True)


def _one(service: Service, slo: SLO) -> Iterator[Panel]:
    view = View.of(service, slo)
    for part in (now, journey, history, alerts, causes, definition):
        yield from part(view)
