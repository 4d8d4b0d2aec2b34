"""What the controller says of itself to Prometheus: over HTTP on the loopback, and as a file for node_exporter."""

import math
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from relrails.canary import names
from relrails.judge.canary import Phase, ResolvedPolicy, State, Verdict
from relrails.promql.printer import quoted


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What there is to say: the state, and what the state does not know of itself."""

    service: str
    run: str
    artifact: str
    policy: ResolvedPolicy
    state: State
    share: float | None
    void_looks: int

    def lines(self) -> Iterator[str]:
        """Give it in the text format, every series on its line."""
        of = {"service": self.service}
        yield from _family(
            names.INFO, [({**of, "run": self.run, "artifact": self.artifact, "mode": self.policy.mode}, 1)]
        )
        yield from _family(names.STATE, [({**of, "state": p.value}, p is self.state.phase) for p in Phase])
        verdict = None if self.state.decision is None else self.state.decision.verdict
        yield from _family(names.VERDICT, [({**of, "verdict": v.value}, v is verdict) for v in Verdict])
        tests = [(t, {**of, "check": t.check, "test": t.test}) for t in self.policy.tests]
        evidence = self.state.evidence
        yield from _family(names.LOG_E_VALUE, [(labels, evidence[t.key]) for t, labels in tests if t.key in evidence])
        limits = [(labels, -math.log(self.policy.alpha * t.weight)) for t, labels in tests if t.weight > 0]
        yield from _family(names.LOG_E_LIMIT, limits)
        yield from _family(names.LOOKS, [(of, self.state.look)], "counter")
        yield from _family(names.VOID_LOOKS, [(of, self.void_looks)], "counter")
        if self.state.look:
            yield from _family(names.LAST_LOOK, [(of, self.state.at)])
        yield from _family(names.ELAPSED, [(of, self.state.elapsed)])
        if self.share is not None:
            yield from _family(names.SHARE, [(of, self.share)])
        yield from _family(names.ROLLBACK_FAILED, [(of, self.state.phase is Phase.ROLLBACK_FAILED)])
        yield from _family(names.NOT_RECOVERED, [(of, self.state.phase is Phase.NOT_RECOVERED)])


def _family(name: str, samples: Sequence[tuple[Mapping[str, str], float]], kind: str = "gauge") -> Iterator[str]:
    if samples:
        yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        inner = ",".join(f"{label}={quoted(text)}" for label, text in labels.items())
        yield f"{name}{{{inner}}} {float(value)!r}".replace("inf", "Inf").replace("nan", "NaN")


class Metrics:
    """Shows the newest `Told` wherever it was asked to; that it cannot is no reason to stop anything."""

    def __init__(self, port: int | None = None, file: Path | None = None) -> None:
        self._text, self._file = b"", file
        self._server: ThreadingHTTPServer | None = None
        if port is not None:
            self._server = _serve(port, lambda: self._text)

    @property
    def port(self) -> int | None:
        """The port on the loopback; None where nothing is served."""
        return None if self._server is None else self._server.server_port

    def tell(self, told: Told) -> None:
        """Show something new."""
        self._text = ("\n".join(told.lines()) + "\n").encode()
        if self._file is not None:
            with suppress(OSError):
                part = self._file.with_name(f".{self._file.name}.{os.getpid()}")
                part.write_bytes(self._text)
                part.replace(self._file)

    def close(self) -> None:
        """Stop serving; the file stays."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True


def _serve(port: int, text: Callable[[], bytes]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            body = text() if self.path == "/metrics" else b""
            self.send_response(200 if self.path == "/metrics" else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
