"""A label of endpoints that the metrics do not have, or that cannot be recorded.

Requests and durations are kept apart by `route`. Where one of the two does not carry it, all endpoints are one without
a name, and the slowest of them is not found. `service` is set by relrails, and `le` is the bucket.

Flagged:
    requests = metric.Counter("http_requests_total", labels=("code", "handler", "synthetic")).where(job="checkout")
    Traffic(...)

    durations = metric.Histogram("answer_seconds", labels=("method",), buckets=(0.1, 0.3)).where(job="checkout")
    Traffic(..., durations=durations)

    Traffic(..., route="service")

    Traffic(..., route="http.route")
Fine:
    requests = metric.Counter("http_requests_total", labels=("code", "handler", "synthetic")).where(job="checkout")
    Traffic(..., route="handler")
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.loader.near import near
from relrails.problems import Label, Problem
from relrails.service import Service

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OURS = ("service", "le")


@check("traffic/route-refused", waivable=False)
def route_refused(service: Service) -> Iterator[Problem]:
    """Flag labels that no endpoint can be named by, and those that a metric does not have."""
    traffic = service.traffic
    if traffic is None:
        return
    route = traffic.route
    place = at(traffic, "route")
    if route in _OURS or route.startswith("__") or not _LABEL.fullmatch(route):
        yield Problem(
            what=f"endpoints cannot be kept apart by `{route}`",
            labels=(Label(place, "no label of endpoints"),),
            why="the recorded series have a `service` of their own, buckets are added up, and Prometheus 2 refuses "
            "other names than letters, digits and `_`, and with one the whole rule file",
            fix='name the label as the exporter does, most often `route="route"` or `route="handler"`',
        )
        return
    for metric in (traffic.requests, traffic.durations):
        if metric.labels is not None and route not in metric.labels:
            close = near(route, metric.labels)
            yield Problem(
                what=f"{metric.name} has no label `{route}`",
                labels=(Label(place, "empty on every series"), Label(at(metric, "labels"), "its labels")),
                why="all endpoints would be one without a name, so that nobody sees which of them is slow",
                fix=f'write `route="{close}"`' if close else f"add `{route}` where the service is instrumented",
            )
            return
