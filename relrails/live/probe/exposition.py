"""What the runner shows: its numbers, whether it is well, and the last failures; in threads, so that none waits."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from relrails.live.probe.openmetrics import CONTENT_TYPE

PATIENCE = 10.0
"""Seconds in which a reader must have said what it wants."""
JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered."""

    body: str
    kind: str = TEXT
    status: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """Where the pages come from; each is called in a thread."""

    metrics: Callable[[], str]
    health: Callable[[], list[str]]
    """What is not well; nothing where all is."""
    failures: Callable[[str], list[tuple[dict[str, Any], str]] | None]
    """The last failures of a journey as JSON and as text, newest first; None where there is no such journey."""


class Exposition:
    """An HTTP server on a thread of its own."""

    def __init__(self, host: str, port: int, pages: Pages) -> None:
        handler = type("Handler", (_Handler,), {"pages": pages})
        family = AF_INET6 if ":" in host else AF_INET
        server = type("Server", (ThreadingHTTPServer,), {"address_family": family, "daemon_threads": True})
        self._server = server((host, port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="exposition", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._server.server_address[:2]
        return f"http://[{host}]:{port}" if ":" in str(host) else f"http://{host}:{port}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    pages: ClassVar[Pages]
    timeout = PATIENCE
    server_version = "relrails"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, *_: object) -> None:
        """Scrapes are no news."""

    def _answer(self, *, with_body: bool) -> None:
        page = self._page()
        body = page.body.encode()
        self.send_response(page.status)
        self.send_header("content-type", page.kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-content-type-options", "nosniff")  # what a service answered must not become a script here
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _page(self) -> Page:
        url = urlsplit(self.path)
        match [unquote(part) for part in url.path.strip("/").split("/")]:
            case ["metrics"]:
                return Page(self.pages.metrics(), CONTENT_TYPE)
            case ["healthz"]:
                faults = self.pages.health()
                status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
                return Page("".join(f"{fault}\n" for fault in faults) or "ok\n", TEXT, status)
            case ["runs", journey, ("last-failure" | "failures") as which]:
                return self._failures(journey, which == "failures", parse_qs(url.query).get("format", [""])[0])
            case _:
                return Page("there are /metrics, /healthz and /runs/JOURNEY/last-failure\n", TEXT, HTTPStatus.NOT_FOUND)

    def _failures(self, journey: str, every: bool, form: str) -> Page:
        found = self.pages.failures(journey)
        if found is None:
            return Page("there is no such journey\n", TEXT, HTTPStatus.NOT_FOUND)
        if not found:
            return Page("it has not failed since the runner began\n", TEXT, HTTPStatus.NOT_FOUND)
        shown = found if every else found[:1]
        if form == "json" or (not form and "json" in self.headers.get("accept", "")):
            said = [value for value, _ in shown]
            return Page(json.dumps(said if every else said[0], indent=2, ensure_ascii=False) + "\n", JSON)
        return Page("\n".join(text for _, text in shown))
