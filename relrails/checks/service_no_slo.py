"""A service that promises nothing.

Without an SLO there are no rules and no alerts: the service is on no dashboard that anybody watches.

Flagged:
    Service(..., slos=())
Fine:
    Service(..., slos=(availability,))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem, Severity
from relrails.service import Service


@check("service/no-slo", severity=Severity.WARNING)
def no_slo(service: Service) -> Iterator[Problem]:
    """Flag services without SLOs."""
    if not service.slos:
        yield Problem(
            what=f"'{service.name}' has no SLO",
            labels=(Label(at(service, "slos"), "empty"),),
            why="nothing would be recorded of it, and nobody would be called when it fails",
            fix="write one for what its users would notice first; `relrails new service NAME` shows how",
        )
