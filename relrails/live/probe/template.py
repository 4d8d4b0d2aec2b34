"""Fills `{name}` with what a run knows, written as the place wants it."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from relrails.live.probe.fault import Fault
from relrails.live.probe.redact import Redactor
from relrails.live.probe.secrets import reveal
from relrails.probe.request import Request
from relrails.probe.secret import Secret
from relrails.probe.target import Target

_NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_TOKEN = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
_IN_PATH = "!$%&'()*+,/:;=?@[]~"
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """A request with everything filled in; it has secrets, so that it has no representation."""

    method: str
    origin: Origin
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def with_headers(self, headers: Iterable[tuple[str, str]]) -> "Message":
        """Add headers."""
        return replace(self, headers=(*self.headers, *headers))


@dataclass(slots=True, repr=False)
class Known:
    """What a run knows: its id, what its steps extracted, and what of it must be hidden."""

    values: dict[str, str]
    redactor: Redactor = field(default_factory=Redactor)

    def reveal(self, secret: Secret) -> str:
        """Read a secret, and hide it from now on."""
        return self.redactor.add(reveal(secret))


def origin(target: Target) -> Origin:
    """Read the origin of a target. Raises ValueError."""
    parts = urlsplit(target.url)
    if parts.scheme not in PORTS or not parts.hostname:
        msg = f"target {target.name!r}: {target.url!r} is no http or https URL with a host"
        raise ValueError(msg)
    return Origin(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme])


def names(request: Request) -> frozenset[str]:
    """Give every name that a request needs."""
    places = [request.path, request.body, *_leaves(request.json)]
    for values in (request.headers, request.query, request.form or {}):
        places.extend(values.values())
    return frozenset(name for text in places if isinstance(text, str) for name in _NAME.findall(text))


def secrets_of(request: Request) -> list[Secret]:
    """Give every secret that a request sends."""
    places = [*request.headers.values(), *(request.form or {}).values(), *_leaves(request.json)]
    return [value for value in places if isinstance(value, Secret)]


def fill(request: Request, target: Origin, known: Known) -> Message:
    """Write a request. Raises Fault where a name or a secret is not to be had."""
    path = quote(_filled(request.path, known.values, lambda value: quote(value, safe="")), safe=_IN_PATH)
    if request.query:
        path += "?" + "&".join(f"{quote_plus(k)}={quote_plus(_plain(v, known))}" for k, v in request.query.items())
    headers = [(name, _header(name, _value(value, known))) for name, value in request.headers.items()]
    body, kind = _body(request, known)
    if kind and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", kind))
    return Message(request.method, target, path, tuple(headers), body)


def _body(request: Request, known: Known) -> tuple[bytes, str]:
    if request.json is not None:
        return json.dumps(_json(request.json, known), ensure_ascii=False).encode(), "application/json"
    if request.form is not None:
        pairs = (f"{quote_plus(k)}={quote_plus(_value(v, known))}" for k, v in request.form.items())
        return "&".join(pairs).encode(), "application/x-www-form-urlencoded"
    return (b"", "") if request.body is None else (_plain(request.body, known).encode(), "")


def _json(value: Any, known: Known) -> Any:
    if isinstance(value, Secret | str):
        return _value(value, known)
    if isinstance(value, Mapping):
        return {key: _json(item, known) for key, item in value.items()}
    return [_json(item, known) for item in value] if isinstance(value, list | tuple) else value


def _value(value: str | Secret, known: Known) -> str:
    return known.reveal(value) if isinstance(value, Secret) else _plain(value, known)


def _plain(text: str, known: Known) -> str:
    return _filled(text, known.values, str)


def _filled(text: str, values: Mapping[str, str], write: Callable[[str], str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise Fault("extract", f"no step before has extracted {found[0]}", sent=False)
        return write(values[found[1]])

    return _NAME.sub(value, text)


def _header(name: str, value: str) -> str:
    if not _TOKEN.match(name) or any((ord(c) < 32 and c != "\t") or ord(c) == 127 for c in value):
        raise Fault("extract", f"header {name} would have a control character in it", sent=False)
    return value


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, Mapping | list | tuple):
        return [leaf for item in (value.values() if isinstance(value, Mapping) else value) for leaf in _leaves(item)]
    return [value]
