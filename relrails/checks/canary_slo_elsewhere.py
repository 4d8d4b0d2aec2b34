"""A canary check of an SLO that the service does not promise.

What pages a person and what rolls a canary back should be the same promise. An SLO that is not in `slos` has no rules,
no dashboard and no page in the runbook, and none of the checks of SLOs has looked at it.

Flagged:
    stray = SLO(..., name="stray")
    canary.ErrorRate(slo=stray)
Fine:
    canary.ErrorRate(slo=availability)
"""

from collections.abc import Iterator

from relrails.canary import ErrorRate, Latency
from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/slo-elsewhere")
def slo_elsewhere(service: Service) -> Iterator[Problem]:
    """Flag checks whose SLO is not one of the service's."""
    for each in service.canary.checks if service.canary is not None else ():
        if isinstance(each, ErrorRate | Latency) and each.slo not in service.slos:
            yield Problem(
                what=f"the canary is judged by SLO '{each.slo.name}', which '{service.name}' does not promise",
                labels=(
                    Label(at(each, "slo"), "not in `slos` of the service"),
                    Label(at(service, "slos"), "what the service promises"),
                ),
                why="a canary would be rolled back for what no rule records and no runbook explains",
                fix="add it to `slos`, or judge the canary by one that is there",
            )
