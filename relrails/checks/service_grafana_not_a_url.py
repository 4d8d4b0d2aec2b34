"""A Grafana address that is no link.

Every alert carries the link to its dashboard, which is this address with the path of the dashboard behind it.

Flagged:
    Service(..., grafana="grafana.example.com")
Fine:
    Service(..., grafana="https://grafana.example.com/ops")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._names import link_fault
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("service/grafana-not-a-url")
def grafana_not_a_url(service: Service) -> Iterator[Problem]:
    """Flag what a browser would not open, and what should not be in every alert."""
    fault = link_fault(service.grafana)
    if fault is not None:
        yield Problem(
            what=f"the Grafana of '{service.name}' cannot be linked",
            labels=(Label(at(service, "grafana"), fault),),
            why="it is the beginning of the `dashboard_url` of every alert",
            fix='write the address with its scheme: `grafana="https://grafana.example.com"`',
        )
