"""A service whose alerts have nobody of their own to reach.

As soon as one service says who is told, Alertmanager is configured for all of them. An alert of a service that says
nothing goes to everybody: at night the wrong people are called, and each thinks that another one knows.

Flagged:
    Service(..., page=notify.Webhook(url="https://pager.example.com"))

    Service(
        ...,
        name="checkout",
        page=notify.Webhook(url="https://pager.example.com"),
        ticket=notify.Webhook(url="https://tickets.example.com"),
    )
    Service(..., name="search", owner="finders")
Fine:
    Service(
        ...,
        page=notify.Webhook(url="https://pager.example.com"),
        ticket=notify.Webhook(url="https://tickets.example.com"),
    )
"""

from collections.abc import Iterator, Sequence

from relrails.checks import fleet_check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.service import Service


@fleet_check("notify/nobody-told")
def nobody_told(services: Sequence[Service]) -> Iterator[Problem]:
    """Flag owners without a receiver for pages, or for tickets, where any service names one."""
    named = {field: {s.owner for s in services if known(s.owner) and _names(s, field)} for field in ("page", "ticket")}
    if not any(named.values()):
        return
    told: set[tuple[str, str]] = set()
    for service in (s for s in services if known(s.owner)):
        for field, owners in named.items():
            if service.owner in owners or (field, service.owner) in told:
                continue
            told.add((field, service.owner))
            yield Problem(
                what=f"the {field}s of '{service.owner}' reach nobody of their own",
                labels=(Label(at(service, "owner"), f"no service of theirs has `{field}`"),),
                why="they would go to everybody, and each would think that another one knows what it is about",
                fix=f'write who is told: `{field}=notify.Webhook(url="https://alerts.example.com/{service.name}")`',
            )


def _names(service: Service, field: str) -> bool:
    """Tell whether a receiver is named; where one of the two has another type, both count as named."""
    return getattr(service, field) is not None or not (known(service.page) and known(service.ticket))
