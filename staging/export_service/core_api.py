"""Reads investigations from the Core API, with our own login, on behalf of the tenant that ordered an export."""

import time
from typing import Any

import httpx

from staging.export_service.jobs import Job
from staging.serving import traces
from staging.serving.faults import FaultSwitch

DEPENDENCY = "core-api"
TIMEOUT_SECONDS = 5
# A token is renewed this long before its end, so that it does not expire on the way.
MARGIN_SECONDS = 15


class UnavailableError(Exception):
    """The Core API does not answer, or answers 5xx; it may do better later."""


class RefusedError(Exception):
    """The Core API says no; asking again would not help."""


class CoreApi:
    """A client with a login of its own; used by the worker's thread alone."""

    def __init__(self, url: str, client_id: str, secret: str, faults: FaultSwitch) -> None:
        # Without proxies and .netrc: who is asked is said here and nowhere else.
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._login = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        self._faults = faults
        self._token = ""
        self._token_ends = 0.0

    def documents(self, job: Job) -> dict[str, Any]:
        """Everything about the case that goes into a pack, by the name of its file."""
        case = f"/v1/investigations/{job.case_id}"
        return {
            "graph.json": self._get(f"{case}/graph", job),
            "timeline.json": self._get(f"{case}/timeline", job),
            "events.json": self._get("/v1/query", job, case=job.case_id, text="", limit="500"),
        }

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _get(self, path: str, job: Job, **query: str) -> Any:
        headers = {"Authorization": f"Bearer {self._valid_token(job)}", "X-On-Behalf-Of-Tenant": job.tenant}
        return self._ask("GET", path, job, headers=headers, params=query)

    def _valid_token(self, job: Job) -> str:
        if time.monotonic() > self._token_ends:
            granted = self._ask("POST", "/oauth/token", job, data=self._login)
            self._token = str(granted["access_token"])
            self._token_ends = time.monotonic() + granted["expires_in"] - MARGIN_SECONDS
        return self._token

    def _ask(self, method: str, path: str, job: Job, **request: Any) -> Any:
        if DEPENDENCY in self._faults.now.dead:
            raise UnavailableError("core-api does not answer: a drill asked for this")
        headers = request.pop("headers", {}) | {"X-Synthetic": str(job.synthetic).lower()}
        span = traces.current.get()
        if span is not None:
            headers["traceparent"] = span.traceparent
        try:
            answer = self._http.request(method, path, headers=headers, **request)
        except httpx.TransportError as error:
            raise UnavailableError(f"core-api does not answer: {type(error).__name__}") from error
        if answer.status_code >= 500:
            raise UnavailableError(f"core-api answers {answer.status_code} to {method} {path}")
        if answer.status_code == 401:
            self._token_ends = 0.0  # a restart of the Core API with another key; the next attempt logs in anew
            raise UnavailableError(f"core-api answers 401 to {method} {path}")
        if answer.status_code != 200:
            raise RefusedError(f"core-api answers {answer.status_code} to {method} {path}: {answer.text[:200]}")
        return answer.json()
