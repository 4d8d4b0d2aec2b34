"""Something else where a gauge is needed.

A probe result and the time of the newest record are values of this moment. A counter only rises, and what it stands at
says nothing of now.

Flagged:
    sli.ProbeSuccess(gauge=requests)

    sli.Freshness(..., last_update=jobs)
Fine:
    sli.ProbeSuccess(gauge=probe)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._fields import Misfit
from relrails.checks._metric import other_kind
from relrails.metric import Gauge
from relrails.problems import Problem


@check("metric/not-a-gauge", waivable=False)
def not_a_gauge(misfit: Misfit) -> Iterator[Problem]:
    """Flag what is no gauge in a field for one."""
    if Gauge in misfit.classes:
        yield other_kind(
            misfit,
            "gauge",
            "what a counter stands at says nothing of this moment, and the SLI would never change",
        )
