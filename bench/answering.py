"""A server that answers the journeys of this repository as quickly as Python can: `python -m bench.answering`."""

import asyncio
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _pack() -> bytes:
    out, data = io.BytesIO(), b'{"id": 1}\n' * 1000
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("events.jsonl", data)
        pack.writestr("MANIFEST.sha256", f"{hashlib.sha256(data).hexdigest()}  events.jsonl\n")
    return out.getvalue()


def _answer(status: int, body: bytes | object = b"") -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return f"HTTP/1.1 {status} OK\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data


ANSWERS = {
    b"POST /oauth/token": _answer(200, {"access_token": "a-token-of-the-benchmark"}),
    b"GET /v1/query": _answer(200, {"total": 3}),
    b"GET /v1/investigations/case-7/graph": _answer(200, {"nodes": [{"id": "a"}], "edges": [{"from": "a"}]}),
    b"GET /v1/investigations/case-7/timeline": _answer(200, {"buckets": [{"count": 1}]}),
    b"POST /exports": _answer(202, {"id": "e-1"}),
    b"GET /exports/e-1": _answer(200, {"state": "ready"}),
    b"GET /exports/e-1/pack": _answer(200, _pack()),
    b"DELETE /exports/e-1": _answer(204),
}
MISSING = _answer(404)


class Answering(asyncio.Protocol):
    """One connection; requests that come in pieces are put together by their length."""

    def __init__(self) -> None:
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where to write."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._seen += data
        while (end := self._seen.find(b"\r\n\r\n")) >= 0:
            head = self._seen[:end].lower()
            length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
            whole = end + 4 + int(length or 0)
            if len(self._seen) < whole:
                return
            asked = self._seen.partition(b" HTTP/")[0].partition(b"?")[0]
            self._seen = self._seen[whole:]
            self._transport.write(ANSWERS.get(asked, MISSING))  # type: ignore[attr-defined] # a TCP transport


@contextmanager
def serving() -> Iterator[str]:
    """Run it in a process of its own; gives its address."""
    argv = [sys.executable, "-m", "bench.answering"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent) as server:
        assert server.stdout is not None  # noqa: S101 - it is a pipe
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.kill()


async def main() -> None:
    """Serve on a free port, print it, and go on until killed."""
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
