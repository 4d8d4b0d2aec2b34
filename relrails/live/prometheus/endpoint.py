"""Where a Prometheus is, who we are to it, and how long we wait."""

from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from relrails.live.secret import SHORTEST, SecretUnavailableError, reveal
from relrails.probe.secret import Secret
from relrails.units import Duration, seconds


class EndpointError(ValueError):
    """The address or the headers cannot be used as they are written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """The address of an API, with its prefix: `https://mimir.example.com/prometheus`.

    `tenant` goes into X-Scope-OrgID. Secrets in `headers` are references, read for each request; `bearer` is one for
    Authorization. `timeout` is for all attempts at a query together; `skew` is by how much the clocks may differ.
    Raises EndpointError for an address that is none, and for one with a password in it.
    """

    url: str
    tenant: str | None = None
    bearer: Secret | None = None
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    timeout: Duration = 5 * seconds
    attempts: int = 3
    largest: int = 32 * 1024 * 1024
    skew: Duration = 30 * seconds

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise EndpointError(f"{self.url!r} is not an address: {error}") from error
        if "@" in parts.netloc:
            raise EndpointError(
                f"the address of {host} has a user or a password in it, which every log would show; "
                f"give a reference instead: --header Authorization=env:NAME"
            )
        if parts.scheme not in {"http", "https"} or not host:
            raise EndpointError(f"{self.url!r} is not an address such as http://prometheus:9090")
        if parts.query or parts.fragment:
            raise EndpointError(f"{self.url!r} has a query or a fragment; the prefix of the API is enough")

    def address(self, path: str) -> str:
        """Give the address of a part of the API."""
        base = self.url.rstrip("/").removesuffix("/api/v1").rstrip("/")
        return f"{base}/api/v1/{path}"

    def secrets(self) -> frozenset[str]:
        """Give what must never be told: the values behind all references that can be read now, and their parts."""
        found: set[str] = set()
        for secret in (*self.headers.values(), *(() if self.bearer is None else (self.bearer,))):
            if isinstance(secret, Secret):
                with suppress(SecretUnavailableError):
                    found |= _parts(reveal(secret))
        return frozenset(found)

    def sent(self) -> dict[str, str]:
        """Give the headers with their secrets; raises SecretUnavailableError."""
        found = {"Accept": "application/json"}
        found |= {name: reveal(v) if isinstance(v, Secret) else v for name, v in self.headers.items()}
        if self.bearer is not None:
            found["Authorization"] = f"Bearer {reveal(self.bearer)}"
        if self.tenant is not None:
            found["X-Scope-OrgID"] = self.tenant
        return found


def _parts(value: str) -> set[str]:
    """Give a header's value, what follows its scheme, and what Basic authentication says in base64."""
    scheme, _, credentials = value.partition(" ")
    found = {value, credentials.strip()}
    if scheme.lower() == "basic":
        with suppress(ValueError):
            told = b64decode(credentials.strip(), validate=True).decode()
            found |= {told, told.partition(":")[2]}
    return {part for part in found if len(part) >= SHORTEST}
