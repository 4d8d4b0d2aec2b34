"""One HTTP client for a journey; httpcore is behind it, and only this file and the guard know so."""

import logging
import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

import httpcore

from relrails.judge.address import networks
from relrails.judge.answer import Answer
from relrails.live.probe.fault import Fault
from relrails.live.probe.guard import Guard, Phases
from relrails.live.probe.template import Message, Origin, origin
from relrails.probe.target import Target

CONNECTIONS = 2
"""A journey is one customer; httpcore looks at every connection of a pool at every request."""

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # they write whole URLs, with whatever stands in them


class Client(Protocol):
    """What a journey needs of HTTP."""

    async def send(self, message: Message, largest: int, phases: Phases) -> Answer:
        """Send a request; redirects are answers. Raises Fault; whoever calls has set a deadline."""
        ...

    async def hang_up(self) -> None:
        """Close all connections; the next request makes a new one."""
        ...


def shared_context() -> ssl.SSLContext:
    """Make the one context of a process: each costs 0.7 MB. Certificates are always verified."""
    return ssl.create_default_context()


async def warm_up(context: ssl.SSLContext) -> None:
    """Load what httpcore loads at its first request, or the first journey would be slower by a quarter of a second."""
    nowhere = Message("GET", Origin("http", "nowhere.invalid", 80), "/", (), b"")
    with suppress(Fault):  # the guard lets nothing out that is no target
        await HttpClient((), context).send(nowhere, 0, Phases())


class HttpClient:
    """A pool of connections that goes to the targets of one journey."""

    def __init__(self, targets: Iterable[Target], context: ssl.SSLContext) -> None:
        origins = ((origin(target), networks(target.networks)) for target in targets)
        self._guard = Guard({(at.host, at.port): allowed for at, allowed in origins})
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=CONNECTIONS,
            network_backend=self._guard,
            http2=False,
        )

    async def send(self, message: Message, largest: int, phases: Phases) -> Answer:
        """Send a request. Raises Fault."""
        at = message.origin
        self._guard.phases = phases
        request = httpcore.Request(
            message.method,
            httpcore.URL(scheme=at.scheme.encode(), host=at.host.encode(), port=at.port, target=message.path.encode()),
            headers=_headers(message),
            content=message.body,
        )
        try:
            response = await self._pool.handle_async_request(request)
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Fault("connect", f"{at} broke off: {error or type(error).__name__}") from None
        try:
            return await _read(response, largest, at)
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Fault("connect", f"{at} broke off in the middle of its answer: {error}") from None
        finally:
            await response.aclose()

    async def hang_up(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


def _headers(message: Message) -> list[tuple[bytes, bytes]]:
    host = str(message.origin).partition("://")[2]
    headers = [("host", host), *message.headers]
    if message.body or message.method in {"POST", "PUT"}:
        headers.append(("content-length", str(len(message.body))))
    # What is not packed cannot unpack to more than it is.
    headers += [("accept-encoding", "identity"), ("accept", "*/*")]
    return [(name.encode("ascii"), value.encode()) for name, value in headers]


async def _read(response: httpcore.Response, largest: int, at: object) -> Answer:
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers)
    said = next((value for name, value in headers if name == "content-length"), "")
    if said.isdigit() and int(said) > largest:
        raise Fault("body_too_large", f"{at} announces {said} bytes, and {largest} are allowed")
    chunks, size = [], 0
    async for chunk in response.aiter_stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > largest:
            raise Fault("body_too_large", f"{at} sends more than {largest} bytes")
    return Answer(response.status, headers, b"".join(chunks))
