"""What comes in: how much by endpoint, how much of it is our own, and which endpoints are slow."""

from collections.abc import Iterator

from relrails.promql import Expr, Matcher, Selector
from relrails.render.grafana import queries
from relrails.render.grafana.panels import BarGauge, Panel, TimeSeries
from relrails.render.grafana.target import Target
from relrails.render.grafana.unit import Unit
from relrails.rules import names
from relrails.service import Service


def traffic(service: Service) -> Iterator[Panel]:
    """Give the panels of what comes in; none where the service does not declare it."""
    declared = service.traffic
    if declared is None:
        return
    by = f"{{{{{declared.route}}}}}"
    slowest = queries.largest(_newest(service, names.TRAFFIC_SLOWEST), declared.route)
    yield TimeSeries(
        key="traffic/requests",
        title="Requests by endpoint",
        description=f"The {declared.top} endpoints with most requests in five minutes, and all others together.",
        targets=[
            Target(expr=queries.largest(_newest(service, names.TRAFFIC_TOP), declared.route), legend=by),
        ],
        unit=Unit.REQUESTS_PER_SECOND,
        least=0,
        fill=20,
        stack=True,
        legend="table",
        legend_calcs=("lastNotNull", "max"),
    )
    yield TimeSeries(
        key="traffic/probes",
        title="Probes among the requests",
        description="The share of the requests of five minutes that no customer waits for. No data means that there "
        "were none, or that nobody counts them.",
        targets=[Target(expr=queries.largest(_newest(service, names.TRAFFIC_PROBE_SHARE)), legend="probes")],
        unit=Unit.PERCENT_OF_ONE,
        least=0,
        soft_most=1,
    )
    few = f"Only endpoints with {declared.minimum_requests} answers in five minutes."
    yield BarGauge(
        key="traffic/slowest",
        title="Slowest endpoints, p95",
        description=f"The time within which 95 of 100 answers of the last five minutes came. {few}",
        targets=[Target(expr=queries.descending(slowest), legend=by, instant=True)],
        unit=Unit.SECONDS,
        least=0,
    )
    yield TimeSeries(
        key="traffic/slowest-history",
        title="Slowest endpoints, p95 over time",
        description=f"The {declared.top} slowest of each five minutes. {few}",
        targets=[Target(expr=slowest, legend=by)],
        unit=Unit.SECONDS,
        least=0,
        legend="table",
        legend_calcs=("lastNotNull", "max"),
    )


def _newest(service: Service, metric: str) -> Expr:
    return queries.newest(Selector(metric, (Matcher("service", "=", service.name), queries.ENVIRONMENT)))
