"""An SLO window that is longer than Prometheus keeps samples.

A sum over 30 days of which 15 are kept is a sum over 15 days. Nothing fails: the budget looks better than it is.

Flagged:
    Service(..., retention=15 * days)
Fine:
    Service(..., retention=30 * days)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import exact, text


@check("slo/window-exceeds-retention")
def window_exceeds_retention(service: Service, slo: SLO) -> Iterator[Problem]:
    """Flag windows beyond the retention, where the service says what it is."""
    if service.retention is None or exact(slo.window, "second") <= exact(service.retention, "second"):
        return
    kept, window = text(service.retention), text(slo.window)
    yield Problem(
        what=f"SLO '{slo.name}' looks back {window}, and Prometheus keeps {kept}",
        labels=(Label(at(slo, "window"), window), Label(at(service, "retention"), f"keeps {kept}")),
        why=f"errors would leave the budget after {kept} instead of {window}, without any sign of it",
        fix=f"keep samples longer (`--storage.tsdb.retention.time`), or write `window={kept.split()[0]} * days`"
        if exact(service.retention, "day") >= 7
        else f"keep samples for at least {window} (`--storage.tsdb.retention.time`)",
    )
