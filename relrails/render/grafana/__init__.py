"""Grafana: a dashboard for each service, for all of them and for their journeys, and the tree that provisions them."""

from collections.abc import Iterator, Sequence

from relrails.files import File, json_text
from relrails.service import Service

# grafanalib takes a seventh of a second to import; `relrails --help` must not wait for it.


def render_service(service: Service) -> Iterator[File]:
    """Give the dashboard of one service; it depends on nothing else."""
    from relrails.render.grafana.provisioning import dashboard_path
    from relrails.render.grafana.service import service_dashboard

    yield File(dashboard_path(service.name), json_text(service_dashboard(service).to_json_data()))


def render_fleet(services: Sequence[Service]) -> Iterator[File]:
    """Give the overview, those of the journeys and budgets where there are any, and the provisioning tree."""
    from relrails.render.grafana.budgets import budgets_dashboard
    from relrails.render.grafana.journeys import journeys_dashboard
    from relrails.render.grafana.overview import overview_dashboard
    from relrails.render.grafana.provisioning import dashboard_path, provisioning

    if services:
        yield File(dashboard_path("overview"), json_text(overview_dashboard(services).to_json_data()))
    if any(service.journeys for service in services):
        yield File(dashboard_path("journeys"), json_text(journeys_dashboard(services).to_json_data()))
    if any(service.budgets for service in services):
        yield File(dashboard_path("budgets"), json_text(budgets_dashboard(services).to_json_data()))
    yield from provisioning(services)


def render(services: Sequence[Service]) -> Iterator[File]:
    """Give all files of this target."""
    for service in services:
        yield from render_service(service)
    yield from render_fleet(services)
