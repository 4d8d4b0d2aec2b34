"""Buckets that are not in order.

The bounds of a histogram rise, and each is there once. When they do not, the list was not copied from the code of the
service, and what it says about the threshold cannot be trusted.

Flagged:
    metric.Histogram("answer_seconds", buckets=(0.1, 1, 0.3)).where(job="checkout")

    metric.Histogram("answer_seconds", buckets=(-1, 0.3, 1)).where(job="checkout")
Fine:
    metric.Histogram("answer_seconds", buckets=(0.1, 0.3, 1)).where(job="checkout")
"""

from collections.abc import Iterator
from itertools import pairwise

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._use import Use
from relrails.metric import Histogram
from relrails.problems import Label, Problem


@check("metric/buckets-not-ascending")
def buckets_not_ascending(use: Use) -> Iterator[Problem]:
    """Flag the first bound that is not above the one before it, or not above zero."""
    if not isinstance(use.metric, Histogram):
        return
    wrong = next((f"{b:g} after {a:g}" for a, b in pairwise((0.0, *use.metric.buckets)) if b <= a), None)
    if wrong is not None:
        rising = ", ".join(f"{b:g}" for b in sorted({b for b in use.metric.buckets if b > 0}))
        yield Problem(
            what=f"the buckets of {use.metric.name} do not rise",
            labels=(Label(at(use.metric, "buckets"), wrong),),
            why="the bounds of a histogram are above zero and rise, so this is not the list of the service",
            fix=f"copy it from the code of the service; in order it is `buckets=({rising})`",
        )
