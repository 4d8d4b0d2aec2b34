"""Companions of the journeys: whether their hosts take a connection, shake hands, and answer at all.

A page can then say whether the way to the host is open while the journey fails.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from relrails.probe.host import TIMEOUT, Check, Host, hosts_of
from relrails.promql import duration_text
from relrails.service import Service

ALIVE = (200, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 415, 421, 426, 429)
"""What a server that lives may answer to a stranger who asks for `/`; a proxy without its service says 502 to 504."""

HTTP, TCP, TLS = "http_answers", "tcp_connects", "tls_handshakes"


def checks_of(services: Sequence[Service]) -> Iterator[tuple[Host, Check, str]]:
    """Give each host, check and module once, sorted."""
    for host in hosts_of(journey for service in services for journey in service.journeys):
        yield host, "answers", HTTP
        yield host, "connects", TLS if host.secure else TCP


def companions(services: Sequence[Service]) -> dict[str, Any]:
    """Give the modules that `checks_of` names."""
    used = {module for _, _, module in checks_of(services)}
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
