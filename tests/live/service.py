"""A service that answers as a test tells it to, byte for byte; it runs in the loop of the test."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


Answers = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Service:
    """What it was asked, and how it answers: each path has a list, whose last item answers for ever."""

    port: int = 0
    scheme: str = "http"
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    answers: dict[str, list[Answers]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def on(self, path: str, *answers: Answers) -> "Service":
        self.answers[path] = list(answers)
        return self

    @property
    def lines(self) -> list[str]:
        return [asked.line for asked in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (asked := await _read(reader)) is not None:
                self.asked.append(asked)
                answers = self.answers.get(asked.path.partition("?")[0], [said(404, b"nothing here")])
                await (answers.pop(0) if len(answers) > 1 else answers[0])(asked, writer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # it went away, or the test is over
        finally:
            writer.close()


@asynccontextmanager
async def service(context: ssl.SSLContext | None = None) -> AsyncIterator[Service]:
    """Start a service on a free port."""
    found = Service(scheme="https" if context else "http")
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0, ssl=context)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()


def said(status: int, body: bytes = b"", **headers: str) -> Answers:
    """Answer with a status and a body."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {status} Said\r\n{more}content-length: {len(body)}\r\n\r\n".encode())
        writer.write(b"" if asked.method == "HEAD" else body)

    return answer


def json_of(value: Any, status: int = 200) -> Answers:
    """Answer with JSON."""
    return said(status, json.dumps(value).encode(), content_type="application/json")


def raw(data: bytes, *, close: bool = True) -> Answers:
    """Answer with bytes that may be no HTTP at all."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if close:
            writer.close()

    return answer


def drip(status: int = 200) -> Answers:
    """Answer, and never come to an end."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status} Said\r\ncontent-length: 1000\r\n\r\n".encode())
        for _ in range(1000):
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    return answer


async def silence(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answer nothing."""
    await asyncio.sleep(30)


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    begin = await reader.readexactly(1)
    if not begin.isalpha():  # no HTTP: perhaps TLS
        return None
    head = begin + await reader.readuntil(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.partition(":") for line in rest if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, body)
