"""Two SLOs of one service with the same name.

Service and SLO name together are the identity of every recorded series, alert and file.

Flagged:
    SLO(..., name="availability")
    SLO(..., name="availability")
Fine:
    SLO(..., name="availability")
    SLO(..., name="latency")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.slo import SLO


@check("slo/duplicate-name", waivable=False)
def duplicate_name(service: Service) -> Iterator[Problem]:
    """Flag each SLO whose name an earlier one has."""
    first: dict[str, SLO] = {}
    for slo in (s for s in service.slos if known(s.name)):
        if slo.name not in first:
            first[slo.name] = slo
            continue
        earlier = first[slo.name]
        labels = (Label(at(slo, "name"), "named again here"), Label(at(earlier, "name"), "first named here"))
        fix = 'name this one after what it measures, for example `name="latency"`'
        if slo.source is earlier.source:
            labels = (Label(at(service, "slos"), "listed twice"), Label(at(slo, "name"), "this one"))
            fix = "list it once"
        yield Problem(
            what=f"two SLOs of '{service.name}' are named '{slo.name}'",
            labels=labels,
            why=f'both would record `slo:sli_error:ratio_rate5m{{service="{service.name}",slo="{slo.name}"}}`, '
            f"and Prometheus drops one of two identical series",
            fix=fix,
        )
