"""A canary check that would accept nothing, or tolerate what is unacceptable.

A canary more than `tolerated_ratio` times as bad as stable is worse; it is accepted when it is surely less than
`unacceptable_ratio` times as bad. The second must be the larger one, and neither is below 1: then a canary that is just
like the stable version would be rolled back.

Flagged:
    canary.ErrorRate(..., unacceptable_ratio=1)

    canary.ErrorRate(..., tolerated_ratio=3)

    canary.ErrorRate(..., tolerated_ratio=0.5)
Fine:
    canary.ErrorRate(..., tolerated_ratio=1.2, unacceptable_ratio=1.5)
"""

from collections.abc import Iterator

from relrails.canary import ErrorRate, Latency
from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import short
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/ratios-reversed")
def ratios_reversed(service: Service) -> Iterator[Problem]:
    """Flag ratios that leave no room between tolerated and unacceptable, or tolerate less than equality."""
    for each in service.canary.checks if service.canary is not None else ():
        if not isinstance(each, ErrorRate | Latency):
            continue
        tolerated, unacceptable = each.tolerated_ratio, each.unacceptable_ratio
        if 1 <= tolerated < unacceptable:
            continue
        below = tolerated < 1
        yield Problem(
            what=f"canary check '{each.name}' "
            + ("rolls back its equal" if below else f"tolerates {short(tolerated)} times and accepts nothing below it"),
            labels=(
                Label(at(each, "tolerated_ratio"), f"tolerates {short(tolerated)} times the stable version's share"),
                Label(at(each, "unacceptable_ratio"), f"{short(unacceptable)} times is unacceptable"),
            ),
            why="below 1 a canary like the stable version is worse than tolerated"
            if below
            else "a canary between the two would be neither worse nor healthy; with no room there is no decision",
            fix="leave both out: 1 is tolerated and 2 unacceptable",
        )
