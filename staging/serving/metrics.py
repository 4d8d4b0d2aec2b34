"""The metrics of HTTP: what services/*.py declare, with every series there at 0 before the first request."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response

disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus-client left its return type out

OTHER = "other"
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
# What every route may answer besides its success: the caller's faults, ours, and those of a drill.
COMMON_CODES = (400, 401, 404, 500, 503)


class HttpMetrics:
    """Counts and times requests by route; labels are templates and closed sets, never what a caller sends."""

    def __init__(
        self,
        registry: CollectorRegistry,
        buckets: tuple[float, ...],
        answers: Mapping[tuple[str, str], tuple[int, ...]],
    ) -> None:
        self.requests = Counter(
            "http_requests_total",
            "Requests answered; synthetic ones are those of probes.",
            ["code", "method", "route", "synthetic"],
            registry=registry,
        )
        self.durations = Histogram(
            "http_request_duration_seconds",
            "From the first byte of a request to the last of its answer.",
            ["method", "route"],
            buckets=buckets,
            registry=registry,
        )
        self.in_flight = Gauge("http_requests_in_flight", "Requests that have begun and not ended.", registry=registry)
        for (method, route), codes in answers.items():
            self.durations.labels(method=method, route=route)
            for code in (*codes, *COMMON_CODES):
                for synthetic in ("true", "false"):
                    self.requests.labels(code=str(code), method=method, route=route, synthetic=synthetic)

    def observe(self, method: str, route: str, code: int, *, synthetic: bool, seconds: float, trace_id: str) -> None:
        """Count one answered request, with its trace as the exemplar."""
        known = method if method in METHODS else OTHER
        exemplar = {"trace_id": trace_id}
        labels = {"code": str(code), "method": known, "route": route, "synthetic": str(synthetic).lower()}
        self.requests.labels(**labels).inc(exemplar=exemplar)
        self.durations.labels(method=known, route=route).observe(seconds, exemplar=exemplar)


def build_info(registry: CollectorRegistry, digest: str) -> None:
    """Say which artifact this process runs, as 1 with a label."""
    info = Gauge("build_info", "Always 1; the label is the artifact that runs.", ["digest"], registry=registry)
    info.labels(digest=digest).set(1)


def exposition(registry: CollectorRegistry, request: Request) -> Response:
    """The metrics in the format that the scraper asks for; only OpenMetrics carries exemplars."""
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(registry), headers={"Content-Type": content_type})
