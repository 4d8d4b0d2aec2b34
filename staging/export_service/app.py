"""The HTTP interface of the Export Service."""

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from staging.export_service import core_api, jobs
from staging.export_service.core_api import CoreApi
from staging.export_service.gauges import JobMetrics, QueueGauges
from staging.export_service.jobs import ConflictError, Job, Jobs
from staging.export_service.worker import Worker
from staging.serving import admin, audit, metrics, refusal, traces
from staging.serving.audit import AuditLog
from staging.serving.body import limited
from staging.serving.faults import FaultSwitch
from staging.serving.identity import Caller, Clients, Tokens
from staging.serving.instrument import Instrumented
from staging.serving.metrics import HttpMetrics
from staging.serving.refusal import Refusal
from staging.serving.server import Settings

BUCKETS = (0.1, 0.25, 0.5, 1.0, 5.0)
KINDS = ("full", "probe")
CASE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
KEY = re.compile(r"[A-Za-z0-9._:-]{1,128}")
ANSWERS = {
    ("POST", "/exports"): (202, 409),
    ("GET", "/exports/{id}"): (200,),
    ("GET", "/exports/{id}/pack"): (200, 409),
    ("DELETE", "/exports/{id}"): (204,),
}


class ExportService:
    """The endpoints, and what they need."""

    def __init__(self, given: Settings, core_api_url: str, client_id: str, secret: str) -> None:
        self.registry = CollectorRegistry()
        self.faults = FaultSwitch((jobs.DEPENDENCY, audit.DEPENDENCY, core_api.DEPENDENCY), self.registry)
        tenants = Clients(given.clients).tenants
        self.tokens = Tokens(given.token_key)
        self.audit = AuditLog(given.data / "audit.jsonl", "export-service", self.registry, self.faults)
        self.jobs = Jobs(given.data / "exports.sqlite3", self.faults)
        self.registry.register(QueueGauges(self.jobs, tenants))
        self.core_api = CoreApi(core_api_url, client_id, secret, self.faults)
        outcomes = JobMetrics(self.registry, tenants)
        self.worker = Worker(self.jobs, self.core_api, given.data / "packs", self.faults, outcomes)
        self.outcomes = outcomes

    async def create(self, request: Request) -> Response:
        """Accept an export: 202 and where to ask for it."""
        caller = self.tokens.caller(request)
        wanted = _wanted(await limited(request), caller)
        return await run_in_threadpool(self._create, wanted, caller)

    def _create(self, wanted: Job, caller: Caller) -> Response:
        def record(job: Job) -> None:
            self.audit.record("export.created", caller, job.id, case=job.case_id, kind=job.kind)

        try:
            job = self.jobs.create(wanted, record)
        except ConflictError as error:
            raise Refusal(409, "idempotency_conflict", str(error)) from error
        self.worker.wake()
        return JSONResponse(_document(job), 202, headers={"Location": f"/exports/{job.id}"})

    def state(self, request: Request) -> Response:
        """How far an export is."""
        return JSONResponse(_document(self._mine(request, self.tokens.caller(request))))

    def pack(self, request: Request) -> Response:
        """The pack, once it is ready."""
        caller = self.tokens.caller(request)
        job = self._mine(request, caller)
        if job.state != "ready":
            raise Refusal(409, "not_ready", f"the export is {job.state}")
        file = self.worker.file(job.id)
        if not file.is_file():
            raise Refusal(500, "pack_lost", "the export is ready and its pack is gone")
        self.audit.record("export.downloaded", caller, job.id, case=job.case_id, sha256=job.sha256)
        return FileResponse(file, media_type="application/zip", filename=f"{job.id}.zip")

    def delete(self, request: Request) -> Response:
        """Forget an export and its pack."""
        caller = self.tokens.caller(request)

        def record(job: Job) -> None:
            self.audit.record("export.deleted", caller, job.id, case=job.case_id, state=job.state)

        job = self.jobs.delete(request.path_params["id"], caller.tenant, record)
        if job is None:
            raise _unknown(request)
        self.worker.file(job.id).unlink(missing_ok=True)
        if job.state == "queued":
            self.outcomes.cancelled.inc()
        return Response(status_code=204)

    def health(self, _request: Request) -> Response:
        """200 when the queue can be read and the worker lives."""
        self.faults.require(jobs.DEPENDENCY)
        self.jobs.table("SELECT 1 FROM exports LIMIT 1")
        if not self.worker.alive:
            raise Refusal(503, "worker_dead", "the worker has ended")
        return JSONResponse({"status": "ok"})

    def metrics(self, request: Request) -> Response:
        """The metrics of this service."""
        return metrics.exposition(self.registry, request)

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Work while we serve; on the way out let the export in hand end."""
        self.worker.start()
        yield
        await run_in_threadpool(self.worker.stop)
        self.core_api.close()
        self.jobs.close()
        self.audit.close()

    def _mine(self, request: Request, caller: Caller) -> Job:
        job = self.jobs.find(request.path_params["id"], caller.tenant)
        if job is None:
            raise _unknown(request)
        return job


def build(given: Settings, *, core_api_url: str, client_id: str, secret: str) -> ASGIApp:
    """The application."""
    service = ExportService(given, core_api_url, client_id, secret)
    routes = [
        Route("/exports", service.create, methods=["POST"]),
        Route("/exports/{id}", service.state, methods=["GET"]),
        Route("/exports/{id}", service.delete, methods=["DELETE"]),
        Route("/exports/{id}/pack", service.pack, methods=["GET"]),
        Route("/healthz", service.health),
        Route("/metrics", service.metrics),
        admin.route(service.faults, given.admin_token),
    ]
    app = Starlette(routes=routes, exception_handlers={Refusal: refusal.answer}, lifespan=service.lifespan)
    return Instrumented(app, HttpMetrics(service.registry, BUCKETS, ANSWERS), service.faults)


def _wanted(body: bytes, caller: Caller) -> Job:
    try:
        document = json.loads(body)
    except ValueError:
        raise Refusal(400, "bad_export", "the body must be JSON") from None
    if not isinstance(document, dict):
        raise Refusal(400, "bad_export", "the body must be a JSON object")
    case = _field(document, "case", CASE)
    key = _field(document, "idempotency_key", KEY) if document.get("idempotency_key") is not None else None
    kind = document.get("kind", KINDS[0])
    if kind not in KINDS:
        raise Refusal(400, "bad_export", f"kind: must be one of {', '.join(KINDS)}")
    span = traces.current.get()
    return Job(
        id=jobs.new_id(),
        tenant=caller.tenant,
        client=caller.client,
        synthetic=caller.synthetic,
        case_id=case,
        kind=kind,
        idempotency_key=key,
        traceparent=span.traceparent if span else "",
        created_at=time.time(),
    )


def _field(document: dict[str, Any], name: str, shape: re.Pattern[str]) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise Refusal(400, "bad_export", f"{name}: must be a string like {shape.pattern}")
    return value


def _document(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "case": job.case_id,
        "kind": job.kind,
        "state": job.state,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "bytes": job.bytes,
        "sha256": job.sha256,
        "error": job.error or None,
    }


def _unknown(request: Request) -> Refusal:
    return Refusal(404, "unknown_export", f"there is no export {request.path_params['id']!r}")
