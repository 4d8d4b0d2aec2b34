"""Probes that are not a part of the requests, or that are all of them.

The share of the probes is their requests over all requests. Of another metric it can be above 1, and a metric that is
not narrowed any further makes every customer a probe.

Flagged:
    Traffic(..., probes=metric.Counter("probe_requests_total").where(job="checkout"))

    Traffic(..., probes=requests)

    Traffic(..., requests=requests.where(handler="/pay"), probes=requests.where(synthetic="true"))
Fine:
    Traffic(..., probes=requests.where(synthetic="true"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.promql.example import accepts
from relrails.service import Service
from relrails.traffic import Traffic


@check("traffic/probes-outside-requests")
def probes_outside_requests(service: Service) -> Iterator[Problem]:
    """Flag another metric, the same one, and one that is narrowed otherwise."""
    traffic = service.traffic
    if traffic is None or (found := _fault(traffic)) is None:
        return
    yield Problem(
        what=f"the probes of service '{service.name}' are {found[0]}",
        labels=(Label(at(traffic, "probes"), "probes"), Label(at(traffic, "requests"), "all requests")),
        why=found[1],
        fix='narrow the requests by what marks a probe: `probes=requests.where(synthetic="true")`',
    )


def _fault(traffic: Traffic) -> tuple[str, str] | None:
    whole, part = traffic.requests, traffic.probes
    if part.name != whole.name:
        return "counted by another metric", f"{part.name} over {whole.name} is no share, and can be above 1"
    if set(part.matchers) <= set(whole.matchers):
        return "all of its requests", "every customer would be a probe, and their share would always be 1"
    equal = {m.label: m.value for m in part.matchers if m.op == "="}
    wider = [m for m in whole.matchers if m not in part.matchers and not accepts(m, equal.get(m.label, ""))]
    if wider:
        told = ", ".join(f'{m.label}{m.op}"{m.value}"' for m in wider)
        return f"not narrowed by {told}", "probes of other requests would count, so that the share could be above 1"
    return None
