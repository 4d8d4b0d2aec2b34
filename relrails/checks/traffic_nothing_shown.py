"""A list of endpoints that holds none, or that those with no answers lead.

`top` endpoints are kept apart. The p95 of no answers at all is not a number, and Prometheus would record it.

Flagged:
    Traffic(..., top=0)

    Traffic(..., minimum_requests=0)
Fine:
    Traffic(..., top=5, minimum_requests=1)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("traffic/nothing-shown", waivable=False)
def nothing_shown(service: Service) -> Iterator[Problem]:
    """Flag counts below one."""
    traffic = service.traffic
    if traffic is None:
        return
    for field, given, why, fix in (
        ("top", traffic.top, "no endpoint would be kept apart from the others", "top=10"),
        (
            "minimum_requests",
            traffic.minimum_requests,
            "the p95 of no answers is not a number, and one slow answer a day would lead the list",
            "minimum_requests=20",
        ),
    ):
        if given < 1:
            yield Problem(
                what=f"`{field}` of the traffic of service '{service.name}' is {given}",
                labels=(Label(at(traffic, field), "must be at least 1"),),
                why=why,
                fix=f"write, for example, `{fix}`",
            )
