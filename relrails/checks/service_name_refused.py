"""A service name that cannot be a file, a label and a link at once.

The name of a service becomes a file name, a label value, the uid of a dashboard and a link. Lower-case letters, digits
and hyphens mean the same in all of them, and are no way out of the output folder. `overview`, `journeys`
and `budgets`
are dashboards of all services; `con`, `nul` and the like are devices on Windows, where a checkout with such a file
fails.

Flagged:
    Service(..., name="../../etc/passwd")

    Service(..., name="Core API")

    Service(..., name="overview")
Fine:
    Service(..., name="core-api")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._names import TAKEN, refusal, suggested
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("service/name-refused", waivable=False)
def name_refused(service: Service) -> Iterator[Problem]:
    """Flag names with other characters, those that are too long, and those that mean something else."""
    found = refusal(service.name, taken=TAKEN)
    if found is not None:
        yield Problem(
            what=f"service name {service.name!r} cannot be used",
            labels=(Label(at(service, "name"), found[0]),),
            why=found[1],
            fix=f'write `name="{suggested(service.name, "core-api")}"`',
        )
