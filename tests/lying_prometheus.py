"""A server on the loopback that answers what a test tells it to, however wrong."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer; `missing` bytes are promised and never sent, `pause` seconds pass before every one of `pieces`."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    pause: float = 0
    pieces: int = 1
    hang_up: bool = False


@dataclass
class Server:
    """A running one: its address, and what it was asked."""

    url: str
    asked: list[Asked]


@contextmanager
def serving(answer: Callable[[Asked], Said]) -> Iterator[Server]:
    """Serve on a free port until the block ends."""
    asked: list[Asked] = []
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def _answer(self, query: str) -> None:
            form = {key: values[0] for key, values in parse_qs(query, keep_blank_values=True).items()}
            request = Asked(
                method=self.command, path=urlsplit(self.path).path, form=form, headers=dict(self.headers.items())
            )
            asked.append(request)
            said = answer(request)
            if said.hang_up:
                return
            with suppress(OSError):
                head = {
                    "Date": formatdate(time.time(), usegmt=True),
                    "Content-Type": "application/json",
                    "Content-Length": str(len(said.body) + said.missing),
                    **said.headers,
                }
                self.send_response_only(said.status)
                for name, value in head.items():
                    if value:
                        self.send_header(name, value)
                self.end_headers()
                size = max(1, -(-len(said.body) // said.pieces))
                for start in range(0, max(1, len(said.body)), size):
                    if said.pause and closing.wait(said.pause):
                        return
                    self.wfile.write(said.body[start : start + size])
                    self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
