"""A network that is none.

`networks` are the addresses that the host of a target may have, in the form 10.20.0.0/16. A host that resolves to
another one is not asked.

Flagged:
    Target(..., networks=("10.20.0.0/33",))

    Target(..., networks=("10.20.0.1/16",))

    Target(..., networks=("10.20.0.0/16", "0.0.0.0/0"))
Fine:
    Target(..., networks=("10.20.0.0/16", "2001:db8::/32", "127.0.0.1/32"))
"""

from collections.abc import Iterator
from ipaddress import ip_network

from relrails.checks import check
from relrails.checks._journey import targets_of
from relrails.checks._place import value
from relrails.problems import Label, Problem
from relrails.service import Service


@check("target/network-refused", waivable=False)
def network_refused(service: Service) -> Iterator[Problem]:
    """Flag what is no network, and what is every one."""
    for target in targets_of([service]):
        for index, network in enumerate(target.networks):
            fault, fix = _fault(network)
            if fault is not None:
                yield Problem(
                    what=f"the target '{target.name}' lists {network!r}, which is no network",
                    labels=(Label(value(target.source, "networks", index=index), fault),),
                    why="the runner refuses addresses outside of these, so that a name that suddenly resolves to "
                    "another machine leads nowhere",
                    fix=fix,
                )


def _fault(network: str) -> tuple[str | None, str]:
    usual = 'address and length: `"10.20.0.0/16"`; one machine is `"10.20.0.7/32"`'
    try:
        found = ip_network(network)
    except ValueError:
        pass
    else:
        return ("is every address", usual) if found.prefixlen == 0 else (None, "")
    try:
        meant = ip_network(network, strict=False)
    except ValueError as error:
        return str(error).removeprefix(repr(network)).strip().lower(), usual
    return "has bits behind its length", f'`"{meant}"`'
