"""What happens around every request: its trace, the drill's faults, its log line and its metrics."""

import logging
import time

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from staging.serving import traces
from staging.serving.faults import FaultSwitch
from staging.serving.identity import marked_synthetic
from staging.serving.metrics import OTHER, HttpMetrics
from staging.serving.refusal import Refusal

OPERATIONAL = frozenset({"/healthz", "/metrics", "/admin/faults"})
"""Routes that no customer calls: neither counted in an SLO nor broken by a drill."""

log = logging.getLogger("request")


class Instrumented:
    """An ASGI application around another one."""

    def __init__(self, app: Starlette, metrics: HttpMetrics, faults: FaultSwitch) -> None:
        self.app = app
        self.metrics = metrics
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        span = traces.continued(headers.get("traceparent", ""))
        traces.current.set(span)
        route = self._route(scope)
        answer = _Answer(send, span)
        began = time.perf_counter()
        if route in OPERATIONAL:
            await self.app(scope, receive, answer)
            return
        self.metrics.in_flight.inc()
        try:
            await self._serve(route, scope, receive, answer)
        except Exception:  # Starlette has answered 500 before it raises
            log.exception("the request failed", extra={"fields": {"route": route}})
        finally:
            self.metrics.in_flight.dec()
            self._account(scope, route, answer.status, time.perf_counter() - began, span)

    async def _serve(self, route: str, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        if await self.faults.before(route):
            refusal = Refusal(500, "injected", "a drill asked for this error")
            await refusal.response()(scope, receive, answer)
            return
        await self.app(scope, receive, answer)

    def _route(self, scope: Scope) -> str:
        matches = [(route.matches(scope)[0], route) for route in self.app.routes]
        # A path that is right with a method that is wrong is a partial match: it answers 405.
        for wanted in (Match.FULL, Match.PARTIAL):
            for match, route in matches:
                if match is wanted and isinstance(route, Route):
                    return route.path
        return OTHER

    def _account(self, scope: Scope, route: str, status: int, seconds: float, span: traces.Span) -> None:
        caller = scope.get("caller")
        synthetic = marked_synthetic(Headers(scope=scope)) or (caller is not None and caller.synthetic)
        self.metrics.observe(
            scope["method"], route, status, synthetic=synthetic, seconds=seconds, trace_id=span.trace_id
        )
        fields = {
            "method": scope["method"],
            "route": route,
            "code": status,
            "duration_seconds": round(seconds, 6),
            "client": caller.client if caller else "",
            "tenant": caller.tenant if caller else "",
            "synthetic": synthetic,
            "parent_id": span.parent_id,
        }
        log.log(logging.ERROR if status >= 500 else logging.INFO, "answered", extra={"fields": fields})


class _Answer:
    """Watches an answer on its way out; the status of one that never began is 500."""

    def __init__(self, send: Send, span: traces.Span) -> None:
        self.send = send
        self.span = span
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["traceparent"] = self.span.traceparent
            headers["traceresponse"] = self.span.traceparent  # the name in the standard's second level
        await self.send(message)
