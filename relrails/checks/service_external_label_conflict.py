"""An external label that our alerts already have.

Prometheus adds its external labels to an alert that leaves it, but never over a label that is there. An external label
`service` or `severity` would be missing from exactly the alerts that are routed by it.

Flagged:
    Service(..., external_labels=("severity",))
Fine:
    Service(..., external_labels=("cluster", "env"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._names import ALERT_LABELS
from relrails.checks._place import value
from relrails.problems import Label, Problem
from relrails.service import Service


@check("service/external-label-conflict")
def external_label_conflict(service: Service) -> Iterator[Problem]:
    """Flag external labels with the name of a label of ours."""
    for index, label in enumerate(service.external_labels):
        if label in ALERT_LABELS:
            yield Problem(
                what=f"'{service.name}' is watched by a Prometheus whose external label `{label}` we set ourselves",
                labels=(Label(value(service.source, "external_labels", None, index), "set on every alert"),),
                why=f"Prometheus keeps the `{label}` of the alert and drops its own, so routes that wait for the "
                f"external one never match",
                fix=f"rename the external label, for example `{'cluster' if label == 'service' else 'env'}`",
            )
