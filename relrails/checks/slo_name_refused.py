"""An SLO name that cannot be a file, a label and a link at once.

The name of an SLO becomes part of a file name, a rule group, a label value and an anchor in the runbook. Lower-case
letters, digits and hyphens mean the same in all of them, and are no way out of the output folder.
The traffic and the canary of a service have rule files of their own, of these names.

Flagged:
    SLO(..., name="Availability of API")

    SLO(..., name="../../etc/cron")

    SLO(..., name="traffic")
    Service(..., traffic=Traffic(...))
Fine:
    SLO(..., name="availability")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._names import refusal, suggested
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.slo import SLO


@check("slo/name-refused", waivable=False)
def name_refused(service: Service, slo: SLO) -> Iterator[Problem]:
    """Flag names with other characters, and those that are too long."""
    parts = (("canary", service.canary), ("traffic", service.traffic))
    taken = {name: f"the rule file of the {name} has this name" for name, part in parts if part is not None}
    found = refusal(slo.name, taken)
    if found is not None:
        yield Problem(
            what=f"SLO name {slo.name!r} cannot be used",
            labels=(Label(at(slo, "name"), found[0]),),
            why=found[1],
            fix=f'write `name="{suggested(slo.name, "availability")}"`',
        )
