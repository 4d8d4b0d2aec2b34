"""A canary check of probes, where there is no such journey.

Flagged:
    canary.Policy(..., checks=(canary.ErrorRate(slo=availability), canary.Probes(env="canary", stable_env="prod")))
Fine:
    canary.Policy(..., checks=(canary.ErrorRate(slo=availability),))
"""

from collections.abc import Iterator

from relrails.canary import Probes
from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import listed
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/no-journey")
def no_journey(service: Service) -> Iterator[Problem]:
    """Flag probes of journeys that the service does not have."""
    known = [journey.name for journey in service.journeys]
    for each in service.canary.checks if service.canary is not None else ():
        if not isinstance(each, Probes):
            continue
        odd = [name for name in each.journeys if name not in known]
        if known and not odd:
            continue
        yield Problem(
            what=f"canary is probed by {f'journey {odd[0]!r}' if odd else 'journeys'}, which '{service.name}' lacks",
            labels=(Label(at(each, "journeys"), "no such journey"),),
            why="there are no runs to count, so that the check is never satisfied and no canary is promoted",
            fix=f"name {listed((f'{k!r}' for k in known), 'or')}"
            if known
            else "leave the check out, or add `journeys`",
        )
