"""A grouping label that is also an external label.

Prometheus adds its external labels to what leaves it, but never over a label that is there. In a store for several
Prometheis the grouping would hide which one a series came from, and series of two would become one.

Flagged:
    Service(..., slos=(SLO(..., by=("region",)),), external_labels=("region",))
Fine:
    Service(..., slos=(SLO(..., by=("region",)),), external_labels=("cluster",))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import value
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.slo import SLO


@check("slo/external-label-conflict")
def external_label_conflict(service: Service, slo: SLO) -> Iterator[Problem]:
    """Flag labels in `by` that the service's Prometheus adds as well."""
    for index, label in enumerate(slo.by):
        if label in service.external_labels:
            outer = service.external_labels.index(label)
            yield Problem(
                what=f"SLO '{slo.name}' groups by `{label}`, which is an external label",
                labels=(
                    Label(value(slo.source, "by", None, index), "grouped by"),
                    Label(value(service.source, "external_labels", None, outer), "added by Prometheus"),
                ),
                why=f"Prometheus never replaces a label that is there: what it sends on would carry the `{label}` of "
                f"the group, and two Prometheis would send the same series",
                fix=f"group by another label, or leave `{label}` out of `by`: one Prometheus sees one {label}",
            )
