"""The way out: a name is resolved once, each of its addresses is checked, and one of those is connected to.

Whoever checks a name and then lets a client resolve it again can be given another address the second time.
"""

import asyncio
import encodings.idna  # noqa: F401 - Python loads it when it first resolves a name, which would be the latency of that name
import os
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import httpcore

from relrails.judge.address import Network, refused
from relrails.live.probe.fault import Fault

CHUNK = 65536


class Phases:
    """When each phase of a request was over, on the monotonic clock; 0 where there was no such phase."""

    __slots__ = ("begun", "connected", "first", "resolved", "secured", "sent")

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.resolved = self.connected = self.secured = self.sent = self.first = 0.0

    def seconds(self, done: float) -> dict[str, float]:
        """Give how long each phase took; one that never came took no time."""
        found, before = {}, self.begun
        for name, end in (
            ("resolve", self.resolved),
            ("connect", self.connected),
            ("tls", self.secured),
            ("send", self.sent),
            ("wait", self.first),
            ("receive", done if self.first else 0.0),
        ):
            found[name] = max(end - before, 0.0) if end else 0.0
            before = end or before
        return found


class Guard(httpcore.AsyncNetworkBackend):
    """Connects to the origins of one journey, and to nothing else; notes the time of each phase."""

    def __init__(self, allowed: Mapping[tuple[str, int], tuple[Network, ...]]) -> None:
        self._allowed = allowed
        self.phases = Phases()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline of the step is around all of it
        local_address: str | None = None,  # noqa: ARG002 - httpcore's protocol
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's protocol
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check and connect. Raises Fault."""
        networks = self._allowed.get((host, port))
        if networks is None:
            raise Fault("egress_blocked", f"{host}:{port} is no target of this journey", sent=False)
        addresses = await self._resolve(host, port)
        for address in addresses:
            why = refused(ip_address(address), networks)
            if why is not None:
                raise Fault("egress_blocked", f"{host}: {why}", sent=False)
        self.phases.resolved = time.monotonic()
        return await self._connect(host, port, addresses)

    async def _resolve(self, host: str, port: int) -> list[str]:
        with suppress(ValueError):
            return [str(ip_address(host))]
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise Fault("dns", f"{host}: {error.strerror}", sent=False) from None
        except UnicodeError:
            raise Fault("dns", f"{host!r} is no name", sent=False) from None
        return list(dict.fromkeys(str(item[4][0]).partition("%")[0] for item in found))

    async def _connect(self, host: str, port: int, addresses: list[str]) -> "Stream":
        said = "it has no address"
        for address in addresses:
            try:
                reader, writer = await asyncio.open_connection(address, port, limit=CHUNK)
            except OSError as error:
                said = f"{address}: {os.strerror(error.errno) if error.errno else error}"
                continue
            self.phases.connected = time.monotonic()
            return Stream(reader, writer, self)
        raise Fault("connect", f"{host}:{port}: {said}", sent=False)


class Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, guard: Guard) -> None:
        self._reader = reader
        self._writer = writer
        self._guard = guard

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as above
        """Read what there is."""
        try:
            data = await self._reader.read(max_bytes)
        except OSError as error:
            raise httpcore.ReadError(str(error)) from None
        if not self._guard.phases.first:
            self._guard.phases.first = time.monotonic()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        """Write all of it."""
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as error:
            raise httpcore.WriteError(str(error)) from None
        self._guard.phases.sent = time.monotonic()

    async def aclose(self) -> None:
        """Close without waiting for the other side, which may never answer."""
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.AsyncNetworkStream:
        """Secure the connection; the certificate must be that of the name, whatever the address. Raises Fault."""
        try:
            await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except (OSError, EOFError) as error:  # ssl.SSLError is an OSError
            await self.aclose()
            said = getattr(error, "verify_message", "") or getattr(error, "reason", "") or error
            raise Fault("tls", f"{server_hostname}: {said or 'the connection was closed'}", sent=False) from None
        self._guard.phases.secured = time.monotonic()
        return self

    def get_extra_info(self, info: str) -> Any:
        """Tell httpcore whether the other side has closed an idle connection."""
        if info == "is_readable":
            return self._reader.at_eof() or self._reader.exception() is not None
        return self._writer.get_extra_info("ssl_object") if info == "ssl_object" else None
