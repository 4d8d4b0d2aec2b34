"""Two journeys with the same name.

The name is the identity of a journey: its series, its alerts, its page of runs. Two with one name are one series, and
the result of one hides the failure of the other.

Flagged:
    Service(..., name="checkout", journeys=(Journey(..., name="buy"),))
    Service(..., name="search", journeys=(Journey(..., name="buy"),))

    Journey(..., name="buy")
    Journey(..., name="buy", env="production")
Fine:
    Journey(..., name="buy")
    Journey(..., name="find")
"""

from collections.abc import Iterator, Sequence

from relrails.checks import fleet_check
from relrails.checks._journey import journeys_of
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.probe import Journey
from relrails.problems import Label, Problem
from relrails.service import Service


@fleet_check("journey/duplicate-name", waivable=False)
def duplicate_name(services: Sequence[Service]) -> Iterator[Problem]:
    """Flag each journey whose name an earlier one has, and each that two services count as theirs."""
    first: dict[str, tuple[Service, Journey]] = {}
    for service, journey in journeys_of(services):
        if not known(journey.name):
            continue
        other, earlier = first.setdefault(journey.name, (service, journey))
        if earlier is journey and other is service:
            continue
        again = Label(at(journey, "name"), "named again here")
        labels: tuple[Label, ...] = (again, Label(at(earlier, "name"), "first named here"))
        fix = "name this one after what else it does; the same steps in another environment are another journey"
        if journey.source is earlier.source:
            labels = (Label(at(service, "journeys"), "listed again here"), Label(at(journey, "name"), "this one"))
            fix = "list it once, with the service whose customers feel it first"
        yield Problem(
            what=f"two journeys are named '{journey.name}'",
            labels=labels,
            why=f'both would be `probe_success{{journey="{journey.name}"}}`, so that one hides that the other fails',
            fix=fix,
        )
