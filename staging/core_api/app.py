"""The HTTP interface of the Core API."""

import dataclasses
from urllib.parse import parse_qs

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from staging.core_api import investigation, query, seed
from staging.core_api.recount import Recount
from staging.core_api.store import DEPENDENCY, Store
from staging.serving import admin, audit, metrics, refusal
from staging.serving.audit import AuditLog
from staging.serving.body import limited
from staging.serving.faults import FaultSwitch
from staging.serving.identity import Caller, Clients, Tokens, marked_synthetic
from staging.serving.instrument import Instrumented
from staging.serving.metrics import HttpMetrics
from staging.serving.refusal import Refusal
from staging.serving.server import Settings

BUCKETS = (0.05, 0.1, 0.3, 1.0, 3.0)
LARGEST_TEXT = 200
ANSWERS = {
    ("POST", "/oauth/token"): (200,),
    ("GET", "/v1/query"): (200,),
    ("GET", "/v1/investigations/{case}/graph"): (200,),
    ("GET", "/v1/investigations/{case}/timeline"): (200,),
}


class CoreApi:
    """The endpoints, and what they need."""

    def __init__(self, given: Settings, *, token_seconds: int, recount_every: int) -> None:
        self.registry = CollectorRegistry()
        self.faults = FaultSwitch((DEPENDENCY, audit.DEPENDENCY), self.registry)
        self.clients = Clients(given.clients)
        self.tokens = Tokens(given.token_key, token_seconds)
        self.audit = AuditLog(given.data / "audit.jsonl", "core-api", self.registry, self.faults)
        self.store = Store(given.data, self.faults)
        self.recount = Recount(self.store, recount_every, self.registry)

    async def login(self, request: Request) -> Response:
        """OAuth 2.0 client credentials, RFC 6749 section 4.4."""
        form = parse_qs((await limited(request)).decode(errors="replace"))
        if form.get("grant_type") != ["client_credentials"]:
            raise Refusal(400, "unsupported_grant_type", "grant_type must be client_credentials")
        if len(form.get("client_id", [])) != 1 or len(form.get("client_secret", [])) != 1:
            raise Refusal(400, "invalid_request", "client_id and client_secret are required, once each")
        return await run_in_threadpool(self._login, request, form["client_id"][0], form["client_secret"][0])

    def _login(self, request: Request, client_id: str, secret: str) -> Response:
        client = self.clients.login(client_id, secret)
        if client is None:
            # Whose login failed is what the caller claims, and it goes into the audit log cut to a decent length.
            nobody = Caller(
                client=client_id[:100], tenant="", role="analyst", synthetic=marked_synthetic(request.headers)
            )
            self.audit.record("login", nobody, client_id[:100], outcome="refused")
            raise Refusal(401, "invalid_client", "the client or its secret is wrong", {"WWW-Authenticate": "Basic"})
        synthetic = client.synthetic or marked_synthetic(request.headers)
        caller = Caller(client=client.id, tenant=client.tenant, role=client.role, synthetic=synthetic)
        request.scope["caller"] = caller
        self.audit.record("login", caller, client.id, outcome="granted")
        answer = {
            "access_token": self.tokens.issue(client),
            "token_type": "Bearer",
            "expires_in": self.tokens.lifetime_seconds,
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def query(self, request: Request) -> Response:
        """Events of a case that mention a text."""
        caller = self.tokens.caller(request)
        case, text, limit = _query_parameters(request)
        self.store.open_case(case, caller)
        result = query.run(self.store, case, text, limit)
        if self.faults.wrong():
            result = dataclasses.replace(result, total=result.total + 1)
        self.audit.record("query", caller, case, text=text, total=result.total)
        task = BackgroundTask(self.recount.compare, result) if self.recount.due() else None
        return JSONResponse(dataclasses.asdict(result), background=task)

    def graph(self, request: Request) -> Response:
        """Who touched what."""
        caller = self.tokens.caller(request)
        case = request.path_params["case"]
        self.store.open_case(case, caller)
        document = investigation.graph(self.store, case)
        self.audit.record("graph", caller, case, edges=len(document["edges"]))
        return JSONResponse(document)

    def timeline(self, request: Request) -> Response:
        """What happened when."""
        caller = self.tokens.caller(request)
        case = request.path_params["case"]
        self.store.open_case(case, caller)
        document = investigation.timeline(self.store, case)
        self.audit.record("timeline", caller, case, buckets=len(document["buckets"]))
        return JSONResponse(document)

    def health(self, _request: Request) -> Response:
        """200 when an investigation can be read."""
        self.store.rows("SELECT 1 FROM cases LIMIT 1")
        return JSONResponse({"status": "ok"})

    def metrics(self, request: Request) -> Response:
        """The metrics of this service."""
        return metrics.exposition(self.registry, request)


def build(
    given: Settings,
    *,
    number: int,
    size: seed.Size,
    token_seconds: int = 300,
    recount_every: int = 5,
    artifact: str = "",
) -> ASGIApp:
    """The application, its data in place."""
    api = CoreApi(given, token_seconds=token_seconds, recount_every=recount_every)
    if artifact:
        metrics.build_info(api.registry, artifact)
    api.store.fill(number, size)
    routes = [
        Route("/oauth/token", api.login, methods=["POST"]),
        Route("/v1/query", api.query),
        Route("/v1/investigations/{case}/graph", api.graph),
        Route("/v1/investigations/{case}/timeline", api.timeline),
        Route("/healthz", api.health),
        Route("/metrics", api.metrics),
        admin.route(api.faults, given.admin_token),
    ]
    app = Starlette(routes=routes, exception_handlers={Refusal: refusal.answer})
    return Instrumented(app, HttpMetrics(api.registry, BUCKETS, ANSWERS), api.faults)


def _query_parameters(request: Request) -> tuple[str, str, int]:
    given = request.query_params
    case, text, limit = given.get("case", ""), given.get("text", ""), given.get("limit", "50")
    if not case:
        raise Refusal(400, "bad_query", "case is required")
    if len(text) > LARGEST_TEXT:
        raise Refusal(400, "bad_query", f"text may have {LARGEST_TEXT} characters, not {len(text)}")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= query.LARGEST_LIMIT):
        raise Refusal(400, "bad_query", f"limit must be a number from 1 to {query.LARGEST_LIMIT}")
    return case, text, int(limit)
