"""A histogram that is narrowed by its buckets.

The rules pick the buckets that they need. With another matcher on `le` the count, which has no
`le`, is left without series.

Flagged:
    metric.Histogram("answer_seconds", buckets=(0.1, 0.3, 1)).where(job="checkout", le="0.3")
Fine:
    metric.Histogram("answer_seconds", buckets=(0.1, 0.3, 1)).where(job="checkout")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._use import Use
from relrails.metric import Histogram
from relrails.problems import Label, Problem


@check("metric/le-matched")
def le_matched(use: Use) -> Iterator[Problem]:
    """Flag matchers on `le`."""
    if isinstance(use.metric, Histogram) and any(m.label == "le" for m in use.metric.matchers):
        yield Problem(
            what=f"{use.metric.name} is narrowed by `le`",
            labels=(Label(use.label("le"), "picks a bucket"),),
            why=f"`{use.metric.name}_count` has no `le`, so there would be no total to divide by",
            fix="leave it out: the rules pick the buckets that they need",
        )
