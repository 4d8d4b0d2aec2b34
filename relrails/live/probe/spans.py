"""The spans of a run, sent over OTLP to whoever collects traces; needs the extra `otel`.

They are made when the run is over, from what it noted: with the ids that its requests have carried, so that the spans
of the services lie below them.
"""

from collections import deque

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

from relrails.live.probe.outcome import Run, StepRun
from relrails.live.probe.trace import new_span_id, new_trace_id

NANO = 1_000_000_000


class _Ids(IdGenerator):
    """Gives the ids that a run has used already."""

    def __init__(self) -> None:
        self.trace_id = ""
        self.spans: deque[str] = deque()

    def generate_trace_id(self) -> int:
        """Give the trace id of the run."""
        return int(self.trace_id or new_trace_id(), 16)

    def generate_span_id(self) -> int:
        """Give the span ids of the run, one after the other."""
        return int(self.spans.popleft() if self.spans else new_span_id(), 16)


class Spans:
    """Sends spans in the background; a collector that is away costs nothing but its spans."""

    def __init__(self, endpoint: str) -> None:
        self._ids = _Ids()
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "relrails-probe"}), id_generator=self._ids
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
        self._tracer = self._provider.get_tracer("relrails")

    def export(self, run: Run) -> None:
        """Send a run: a span for the journey, and one below it for each step."""
        self._ids.trace_id = run.trace_id
        self._ids.spans.extend([new_span_id(), *(step.span_id for step in run.steps)])
        root = self._tracer.start_span(
            f"journey {run.plan.journey}",
            start_time=_nano(run.started),
            attributes={
                "relrails.journey": run.plan.journey,
                "relrails.env": run.plan.env,
                "relrails.outcome": run.outcome,
            },
        )
        below = set_span_in_context(root)
        for step in run.steps:
            span = self._tracer.start_span(step.name, below, kind=SpanKind.CLIENT, start_time=_nano(step.started))
            for key, value in _attributes(step).items():
                span.set_attribute(key, value)
            if step.reason is not None:
                span.set_status(Status(StatusCode.ERROR, f"{step.reason}: {step.text}"))
            span.end(_nano(step.started + step.seconds))
        failed = run.failed
        if failed is not None:
            root.set_status(Status(StatusCode.ERROR, f"{failed.name}: {failed.reason}"))
        root.end(max(_nano(step.started + step.seconds) for step in run.steps) if run.steps else _nano(run.started))

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def _attributes(step: StepRun) -> dict[str, str | int]:
    method, _, url = step.request.partition(" ")
    found: dict[str, str | int] = {"http.request.method": method, "url.full": url}
    if step.status is not None:
        found["http.response.status_code"] = step.status
    if step.reason is not None:
        found["relrails.reason"] = step.reason
    return found


def _nano(seconds: float) -> int:
    return int(seconds * NANO)
