"""A service that nobody owns.

The owner is a label of every alert: it decides whose telephone rings.

Flagged:
    Service(..., owner="")

    Service(..., owner="  ")
Fine:
    Service(..., owner="payments")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("service/no-owner")
def no_owner(service: Service) -> Iterator[Problem]:
    """Flag empty owners."""
    if not service.owner.strip():
        yield Problem(
            what=f"nobody owns '{service.name}'",
            labels=(Label(at(service, "owner"), "empty"),),
            why="Alertmanager routes by the label `owner`, and Prometheus drops a label that is empty: the page would "
            "go to whoever gets what nobody else gets",
            fix='name the team as Alertmanager knows it: `owner="platform-core"`',
        )
