"""Something else where a histogram is needed.

Only a histogram tells how many requests were fast enough.

Flagged:
    sli.Latency(..., histogram=requests)

    sli.Latency(..., histogram="http_request_duration_seconds")
Fine:
    sli.Latency(..., histogram=durations)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._fields import Misfit
from relrails.checks._metric import other_kind
from relrails.metric import Histogram
from relrails.problems import Problem


@check("metric/not-a-histogram", waivable=False)
def not_a_histogram(misfit: Misfit) -> Iterator[Problem]:
    """Flag what is no histogram in a field for one."""
    if Histogram in misfit.classes:
        yield other_kind(
            misfit,
            "histogram",
            "only the buckets of a histogram tell how many requests were fast enough",
        )
