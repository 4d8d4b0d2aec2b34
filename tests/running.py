"""Real programs on the loopback, and small servers for them to talk to, each ended with its block."""

import json
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from relrails.toolchain import Tool
from relrails.toolchain.overlay import argv

READY_SECONDS = 30


def free_port() -> int:
    """Give a port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def program(tool: Tool, arguments: Sequence[str], *, ready: str, env: dict[str, str] | None = None) -> Iterator[None]:
    """Run a program until the block ends; `ready` is an address that answers once it is up."""
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            [*argv(tool), *arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=env
        ) as process,
    ):
        try:
            eventually(lambda: _answers(ready, process), f"{tool} answers")
            yield
        except BaseException as error:
            log.seek(0)
            error.add_note(log.read().decode(errors="replace")[-4000:])
            raise
        finally:
            process.terminate()
            try:
                process.wait(timeout=READY_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def eventually(holds: Callable[[], Any], what: str) -> Any:
    """Ask until something is true, and give it; fails when it never becomes so."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")


def fetch(url: str, body: Any = None) -> str:
    """Ask for an address, or post JSON to it."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return str(answer.read().decode())


@contextmanager
def server(
    answers: dict[str, tuple[int, dict[str, str], bytes]], *, tls: tuple[Path, Path] | None = None
) -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """Serve fixed answers by path; give the origin, and what was asked: method, path and body."""
    asked: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append((self.command, self.path, body))
            status, headers, text = answers.get(self.path.partition("?")[0], (404, {}, b""))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)

        do_GET = do_HEAD = do_POST = answer  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        made.socket = context.wrap_socket(made.socket, server_side=True)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{made.server_address[1]}", asked
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


def _answers(url: str, process: "subprocess.Popen[bytes]") -> bool:
    if process.poll() is not None:
        raise AssertionError(f"it ended with {process.returncode}")
    try:
        fetch(url)
    except urllib.error.HTTPError:
        return False
    except OSError:
        return False
    return True
