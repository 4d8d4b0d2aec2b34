"""A counter whose name does not end in `_total`.

Exporters end the names of counters with `_total`, and OpenMetrics insists on it. A name without it is most often a
gauge, or the name of a counter with its end forgotten, which matches nothing.

Flagged:
    metric.Counter("http_requests").where(job="checkout")

    metric.Gauge("probes_total").where(job="checkout")
Fine:
    metric.Counter("http_requests_total").where(job="checkout")

    metric.Counter("http_request_duration_seconds_count").where(job="checkout")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._use import Use
from relrails.metric import Counter, Gauge
from relrails.problems import Label, Problem, Severity

_COUNTED = ("_total", "_count", "_sum", "_bucket")


@check("metric/name-convention", severity=Severity.WARNING)
def name_convention(use: Use) -> Iterator[Problem]:
    """Flag counters without the end, and gauges with it."""
    name = use.metric.name
    if isinstance(use.metric, Counter) and not name.endswith(_COUNTED) and ":" not in name:
        yield Problem(
            what=f"counter {name} does not end in `_total`",
            labels=(Label(use.name, "no `_total`"),),
            why="counters are exported with that end: without it this is a gauge, whose rate means nothing, or a name "
            "that matches no series",
            fix=f'see what the exporter says: most likely `metric.Counter("{name}_total")`',
        )
    if isinstance(use.metric, Gauge) and name.endswith("_total"):
        yield Problem(
            what=f"gauge {name} ends in `_total`, as counters do",
            labels=(Label(use.name, "declared a gauge"),),
            why="the value of a counter only rises: an SLI that reads it as it stands is never what is meant",
            fix=f'if it counts, write `metric.Counter("{name}")` and an SLI of events',
        )
