"""Two targets with the same name, and not the same address.

`relrails probe run --target NAME=URL` and the reachability of a host go by the name.

Flagged:
    other = Target(..., url="https://other.example.com")
    Journey(..., steps=(Step(..., request=get("/", target=other)),))
Fine:
    same = Target(...)
    Journey(..., steps=(Step(..., request=get("/", target=same)),))
"""

from collections.abc import Iterator, Sequence

from relrails.checks import fleet_check
from relrails.checks._journey import targets_of
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.probe import Target
from relrails.problems import Label, Problem
from relrails.service import Service


@fleet_check("target/duplicate-name", waivable=False)
def duplicate_name(services: Sequence[Service]) -> Iterator[Problem]:
    """Flag each target whose name an earlier one of another address or other networks has."""
    first: dict[str, Target] = {}
    told: set[Target] = set()
    for target in targets_of(services):
        if not known(target.name):
            continue
        earlier = first.setdefault(target.name, target)
        if (earlier.url, earlier.networks) == (target.url, target.networks) or target in told:
            continue
        told.add(target)
        yield Problem(
            what=f"two targets are named '{target.name}'",
            labels=(Label(at(target, "name"), f"{target.url} here"), Label(at(earlier, "name"), f"{earlier.url} here")),
            why=f"`--target {target.name}=URL` would move one of them, and nobody can say which host is out of reach",
            fix="give this one a name of its own",
        )
