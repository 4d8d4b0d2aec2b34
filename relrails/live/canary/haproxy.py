"""HAProxy's runtime socket: the weight of a server, set and read back.

Source: HAProxy's Management Guide, "9.3. Unix Socket commands": `set weight`, `get weight`, `show servers state`.
"""

import re
import socket
import time
from dataclasses import dataclass

from relrails.canary import HAProxy
from relrails.live.canary.command import Done
from relrails.units import exact

LARGEST = 1024 * 1024
HEAVIEST = 256


class HAProxyError(Exception):
    """HAProxy did not do what it was told, or does not answer."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of a backend: its weight now, and the one in the configuration."""

    name: str
    weight: int
    initial: int


def say(to: HAProxy, command: str) -> str:
    """Send one command and give the answer; raises HAProxyError."""
    timeout = float(exact(to.timeout, "second"))
    end = time.monotonic() + timeout
    try:
        with _connect(to.socket, timeout) as link:
            link.sendall(f"{command}\n".encode())
            link.shutdown(socket.SHUT_WR)
            said = bytearray()
            while True:
                link.settimeout(max(0.001, end - time.monotonic()))
                chunk = link.recv(65536)
                if not chunk:
                    return said.decode("utf-8", "replace").strip()
                said += chunk
                if len(said) > LARGEST or time.monotonic() > end:
                    raise HAProxyError(f"{command!r} got no end of an answer within {timeout:g} s")
    except OSError as error:
        raise HAProxyError(f"{to.socket} does not answer: {error}") from error


def _connect(where: str, timeout: float) -> socket.socket:
    host, colon, port = where.rpartition(":")
    if colon and port.isdigit() and "/" not in where:
        return socket.create_connection((host.strip("[]"), int(port)), timeout)
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    link.settimeout(timeout)
    try:
        link.connect(where)
    except OSError:
        link.close()
        raise
    return link


def servers(to: HAProxy) -> tuple[Server, ...]:
    """Give the servers of the backend; raises HAProxyError where the canary is not among them."""
    lines = say(to, f"show servers state {to.backend}").splitlines()
    head = next((line[1:].split() for line in lines if line.startswith("#")), None)
    if head is None:
        raise HAProxyError(f"there is no backend {to.backend}: {lines[0] if lines else 'no answer'}")
    try:
        name, weight, initial = (head.index(column) for column in ("srv_name", "srv_uweight", "srv_iweight"))
        rows = [line.split() for line in lines if line and line[0].isdigit() and " " in line]
        found = tuple(Server(row[name], int(row[weight]), int(row[initial])) for row in rows)
    except (ValueError, IndexError) as error:
        raise HAProxyError(f"the state of {to.backend} cannot be read: {error}") from error
    if to.server not in {server.name for server in found}:
        names = ", ".join(server.name for server in found)
        raise HAProxyError(f"backend {to.backend} has no server {to.server}, but {names or 'none at all'}")
    return found


def weigh(to: HAProxy, weight: int) -> None:
    """Set the weight of the canary and read it back; raises HAProxyError."""
    answer = say(to, f"set weight {to.backend}/{to.server} {weight}")
    if answer:
        raise HAProxyError(answer)
    read = say(to, f"get weight {to.backend}/{to.server}")
    found = re.match(r"(\d+)\b", read)
    if found is None or int(found[1]) != weight:
        raise HAProxyError(f"the weight of {to.server} was set to {weight}, and reads {read!r}")


def weight_for(share: float, among: tuple[Server, ...], canary: str) -> int:
    """Give the weight that brings a server the nearest to a share of the traffic, and never none of it."""
    others = sum(server.weight for server in among if server.name != canary)
    if share >= 1 or not others:
        return HEAVIEST
    return min(HEAVIEST, max(1, round(others * share / (1 - share))))


def share_of(weight: int, among: tuple[Server, ...], canary: str) -> float:
    """Give the share of the traffic that a weight brings."""
    others = sum(server.weight for server in among if server.name != canary)
    return weight / (weight + others) if weight + others else 0.0


def set_weight(name: str, to: HAProxy, weight: int | None) -> Done:
    """Set the weight of the canary, as an action; None is the heaviest of its peers."""
    started = time.time()
    try:
        if weight is None:
            weight = max((s.weight for s in servers(to) if s.name != to.server), default=HEAVIEST)
        argv = ("haproxy", to.socket, f"set weight {to.backend}/{to.server} {weight}")
        weigh(to, weight)
    except HAProxyError as error:
        argv = ("haproxy", to.socket, f"set weight {to.backend}/{to.server} {weight if weight is not None else '?'}")
        return Done(name=name, argv=argv, started=started, ended=time.time(), exit_code=1, output=str(error))
    said = f"{to.backend}/{to.server} has weight {weight}, read back"
    return Done(name=name, argv=argv, started=started, ended=time.time(), exit_code=0, output=said)
