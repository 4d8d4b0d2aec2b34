"""An owner who is called in two ways.

Alerts are routed by severity and owner. Two services of one owner that name different receivers would have all their
alerts sent to one of them.

Flagged:
    Service(
        ...,
        name="checkout",
        page=notify.Webhook(url="https://pager.example.com"),
        ticket=notify.Webhook(url="https://tickets.example.com"),
    )
    Service(
        ...,
        name="search",
        page=notify.Webhook(url="https://pager.example.com"),
        ticket=notify.Webhook(url="https://other.example.com"),
    )
Fine:
    Service(
        ...,
        name="checkout",
        page=notify.Webhook(url="https://pager.example.com"),
        ticket=notify.Webhook(url="https://tickets.example.com"),
    )
    Service(..., name="search")
"""

from collections.abc import Iterator, Sequence

from relrails.checks import fleet_check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.service import Service


@fleet_check("notify/owner-divided", waivable=False)
def owner_divided(services: Sequence[Service]) -> Iterator[Problem]:
    """Flag each receiver that is not that of an earlier service of the same owner."""
    first: dict[tuple[str, str], Service] = {}
    for service in (s for s in services if known(s.owner)):
        for field in ("page", "ticket"):
            receiver = getattr(service, field)
            if receiver is None or not known(receiver):
                continue
            earlier = first.setdefault((field, service.owner), service)
            if getattr(earlier, field) != receiver:
                yield Problem(
                    what=f"the {field}s of '{service.owner}' go to two receivers",
                    labels=(
                        Label(at(service, field), f"for '{service.name}'"),
                        Label(at(earlier, field), f"for '{earlier.name}'"),
                    ),
                    why="alerts are routed by severity and owner, so those of one would go where the other's go",
                    fix="make it one value that both services use, or give this service an owner of its own",
                )
