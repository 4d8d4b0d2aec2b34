"""The endpoint that sets faults: only from this machine, only with the token, and absent where no token is set."""

import hmac
import ipaddress
import json
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from staging.serving import faults
from staging.serving.faults import Faults, FaultSwitch
from staging.serving.refusal import Refusal

PATH = "/admin/faults"


def route(switch: FaultSwitch, token: str) -> Route:
    """GET says which faults are on, PUT sets them, DELETE ends them all."""

    async def endpoint(request: Request) -> Response:
        _guard(request, token)
        if request.method == "PUT":
            try:
                switch.set(faults.read(json.loads(await request.body())))
            except ValueError as error:
                raise Refusal(400, "bad_faults", str(error)) from error
        elif request.method == "DELETE":
            switch.set(Faults())
        return JSONResponse(asdict(switch.now))

    return Route(PATH, endpoint, methods=["GET", "PUT", "DELETE"])


def _guard(request: Request, token: str) -> None:
    here = request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    # A proxy on this machine connects from the loopback for somebody who may be anywhere.
    proxied = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via"))
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or not here or proxied:
        raise Refusal(404, "not_found", "there is nothing here")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Refusal(401, "unauthorized", "the admin token is required", {"WWW-Authenticate": "Bearer"})
