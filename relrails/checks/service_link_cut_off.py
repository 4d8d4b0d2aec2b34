"""An address behind which nothing can be added.

Alerts link to a part of the runbook (`RUNBOOK#part`) and to a dashboard (`GRAFANA/d/uid?from=...`). Behind a `#` or `?`
that is already there, the addition means something else, and the link leads to the wrong place.

Flagged:
    Service(..., runbook="https://runbooks.example.com/checkout#alerts")

    Service(..., grafana="https://grafana.example.com/?orgId=2")
Fine:
    Service(..., runbook="https://runbooks.example.com/?page=checkout")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.service import Service


@check("service/link-cut-off")
def link_cut_off(service: Service) -> Iterator[Problem]:
    """Flag a fragment in the runbook, and a fragment or query in the address of Grafana."""
    for field, refused, added in (
        ("runbook", "#", f"{service.runbook}#sloerrorbudgetburn" if known(service.runbook) else ""),
        ("grafana", "?#", f"{service.grafana}/d/relrails-{service.name}" if known(service.grafana) else ""),
    ):
        found = [c for c in refused if added and c in getattr(service, field)]
        if found:
            yield Problem(
                what=f"the {field} address of '{service.name}' has a `{found[0]}`",
                labels=(Label(at(service, field), f"`{found[0]}` ends what can be added to"),),
                why=f"alerts would link to `{added}`, which is another page",
                fix=f"leave out the `{found[0]}` and what follows it",
            )
