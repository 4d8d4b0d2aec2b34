"""Two canary checks of one SLO.

Reasons and evidence go by the name of the SLO. Two checks of the same SLO would see the same counts, and each would
spend a share of `alpha` on them.

Flagged:
    canary.Policy(..., checks=(canary.ErrorRate(slo=availability), canary.ErrorRate(slo=availability, min_bad=3)))
Fine:
    canary.Policy(..., checks=(canary.ErrorRate(slo=availability),))
"""

from collections.abc import Iterator

from relrails.canary import Check
from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/duplicate-check")
def duplicate_check(service: Service) -> Iterator[Problem]:
    """Flag checks whose name an earlier one has."""
    first: dict[str, Check] = {}
    for each in service.canary.checks if service.canary is not None else ():
        earlier = first.setdefault(each.name, each)
        if earlier is not each:
            yield Problem(
                what=f"two canary checks are named '{each.name}'",
                labels=(Label(at(each, "slo"), "checked again here"), Label(at(earlier, "slo"), "checked here")),
                why="both would count the same events, and a reason would not say which of them speaks",
                fix="leave one of them out",
            )
