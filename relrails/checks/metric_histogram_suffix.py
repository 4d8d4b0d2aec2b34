"""A histogram that is named by one of its series.

A histogram `answer_seconds` is exported as `answer_seconds_bucket`, `_count` and `_sum`. relrails adds the ends itself.

Flagged:
    metric.Histogram("answer_seconds_bucket", buckets=(0.1, 0.3, 1)).where(job="checkout")
Fine:
    metric.Histogram("answer_seconds", buckets=(0.1, 0.3, 1)).where(job="checkout")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._use import Use
from relrails.metric import Histogram
from relrails.problems import Label, Problem


@check("metric/histogram-suffix")
def histogram_suffix(use: Use) -> Iterator[Problem]:
    """Flag names that end like a series of a histogram."""
    name = use.metric.name
    end = next((e for e in ("_bucket", "_count", "_sum") if name.endswith(e)), None)
    if isinstance(use.metric, Histogram) and end is not None:
        yield Problem(
            what=f"histogram {name} ends in `{end}`",
            labels=(Label(use.name, "one of its series, not the histogram"),),
            why=f"the rule would read `{name}_bucket`, which does not exist, and the alert could never fire",
            fix=f'write `metric.Histogram("{name.removesuffix(end)}", ...)`',
        )
