"""Companions of the journeys: whether their hosts take a connection, shake hands, and answer at all.

A page can then say whether the way to the host is open while the journey fails.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from relrails.promql import duration_text
from relrails.service import Service
from relrails.units import Duration, minutes, seconds

Check = Literal["answers", "connects"]

EVERY: Duration = 1 * minutes
TIMEOUT: Duration = 5 * seconds
ALIVE = (200, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 415, 421, 426, 429)
"""What a server that lives may answer to a stranger who asks for `/`; a proxy without its service says 502 to 504."""

HTTP, TCP, TLS = "http_answers", "tcp_connects", "tls_handshakes"


@dataclass(frozen=True, slots=True)
class Host:
    """The origin of a target."""

    name: str
    url: str

    @property
    def secure(self) -> bool:
        """Whether it is spoken to over TLS."""
        return urlsplit(self.url).scheme == "https"

    def address(self, check: Check) -> str:
        """Give what Blackbox is to ask: a URL, or host and port."""
        if check == "answers":
            return f"{self.url.rstrip('/')}/"
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{host}:{parts.port or (443 if self.secure else 80)}"


def checks_of(services: Sequence[Service]) -> Iterator[tuple[str, Check, Host, str]]:
    """Give each environment, check, host and module once, sorted."""
    found = {
        (journey.env, target.name, target.url)
        for service in services
        for journey in service.journeys
        for target in journey.targets
    }
    for env, name, url in sorted(found):
        host = Host(name, url)
        yield env, "answers", host, HTTP
        yield env, "connects", host, TLS if host.secure else TCP


def companions(services: Sequence[Service]) -> dict[str, Any]:
    """Give the modules that `checks_of` names."""
    used = {module for _, _, _, module in checks_of(services)}
    return {name: fields for name, fields in _modules().items() if name in used}


def _modules() -> dict[str, Any]:
    timeout = duration_text(TIMEOUT)
    http = {
        "method": "GET",
        "valid_status_codes": list(ALIVE),
        "follow_redirects": False,
        "body_size_limit": "1MB",
        "preferred_ip_protocol": "ip4",
    }
    return {
        HTTP: {"prober": "http", "timeout": timeout, "http": http},
        TCP: {"prober": "tcp", "timeout": timeout, "tcp": {"preferred_ip_protocol": "ip4"}},
        TLS: {"prober": "tcp", "timeout": timeout, "tcp": {"preferred_ip_protocol": "ip4", "tls": True}},
    }
