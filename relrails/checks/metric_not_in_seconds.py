"""A histogram that is not in seconds.

The threshold of a latency SLI is compared with bounds in seconds. In a histogram of milliseconds, 300 ms would be the
bucket of 0.3 ms.

Flagged:
    metric.Histogram("answer_milliseconds", buckets=(0.1, 0.3, 1)).where(job="checkout")

    metric.Histogram("answer_ms", buckets=(0.1, 0.3, 1)).where(job="checkout")
Fine:
    metric.Histogram("answer_seconds", buckets=(0.1, 0.3, 1)).where(job="checkout")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._use import Use
from relrails.metric import Histogram
from relrails.problems import Label, Problem

_OTHERS = (
    "_ms",
    "_msec",
    "_millis",
    "_milliseconds",
    "_us",
    "_micros",
    "_microseconds",
    "_ns",
    "_nanoseconds",
    "_minutes",
)


@check("metric/not-in-seconds")
def not_in_seconds(use: Use) -> Iterator[Problem]:
    """Flag histograms whose name says another unit of time."""
    name = use.metric.name
    unit = next((u for u in _OTHERS if name.endswith(u)), None)
    if isinstance(use.metric, Histogram) and unit is not None:
        yield Problem(
            what=f"histogram {name} is in {unit.lstrip('_')}, by its name",
            labels=(Label(use.name, "not seconds"),),
            why="thresholds are compared with its bounds as seconds, so all requests would count as slow, or none",
            fix="export it in seconds, as Prometheus' naming has it; if only the name is wrong, allow this",
        )
