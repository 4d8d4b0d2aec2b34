"""Two services with the same name.

The name of a service is a file name, a dashboard and the label on all that it records: one would overwrite the other.

Flagged:
    Service(..., name="checkout", slos=(SLO(..., name="availability"),))
    Service(..., name="checkout", slos=(SLO(..., name="latency"),))
Fine:
    Service(..., name="checkout")
    Service(..., name="search")
"""

from collections.abc import Iterator, Sequence

from relrails.checks import fleet_check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.checks.service_duplicate_series import shared
from relrails.problems import Label, Problem
from relrails.service import Service


@fleet_check("service/duplicate-name", waivable=False)
def duplicate_name(services: Sequence[Service]) -> Iterator[Problem]:
    """Flag each service whose name an earlier one has, where no series show it already."""
    first: dict[str, Service] = {}
    for service in (s for s in services if known(s.name)):
        earlier = first.setdefault(service.name, service)
        if earlier is service or next(shared(earlier, service), None) is not None:
            continue
        yield Problem(
            what=f"two services are named '{service.name}'",
            labels=(Label(at(service, "name"), "named again here"), Label(at(earlier, "name"), "first named here")),
            why=f"one dashboard `{service.name}.json` would overwrite the other, and alerts of both would say "
            f'`service="{service.name}"`',
            fix="give this one the name by which its users know it",
        )
