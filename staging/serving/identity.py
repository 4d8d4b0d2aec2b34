"""Who is asking: clients with secrets log in once, and show a signed token that expires after that.

The two services share one key, so that the Export Service can read a token without asking the Core API.
"""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jwt
from starlette.datastructures import Headers
from starlette.requests import Request

from staging.serving.refusal import Refusal

ALGORITHM = "HS256"
ISSUER = "core-api"
ON_BEHALF_OF = "x-on-behalf-of-tenant"
SYNTHETIC_HEADER = "x-synthetic"
SYNTHETIC_MEMBER = "synthetic=true"
"""In the header of W3C Baggage, which goes with a trace from service to service."""

Role = Literal["analyst", "service"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """A program that may log in. Its secret is random and long, so one round of SHA-256 keeps it."""

    id: str
    secret_sha256: str
    tenant: str
    role: Role = "analyst"
    synthetic: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who a valid token speaks for; synthetic when no customer waits for the answer."""

    client: str
    tenant: str
    role: Role
    synthetic: bool


class Clients:
    """The clients that may log in, read from a JSON file."""

    def __init__(self, file: Path) -> None:
        entries = json.loads(file.read_text(encoding="utf-8"))
        self._known = {entry["id"]: Client(**entry) for entry in entries}

    @property
    def tenants(self) -> frozenset[str]:
        """Every tenant there is; what bounds the label `tenant`."""
        return frozenset(client.tenant for client in self._known.values())

    def login(self, client_id: str, secret: str) -> Client | None:
        """The client, if the secret is its own; an unknown client takes as long as a wrong secret."""
        client = self._known.get(client_id)
        given = hashlib.sha256(secret.encode()).hexdigest()
        same = hmac.compare_digest(given, client.secret_sha256 if client else "0" * 64)
        return client if same else None


class Tokens:
    """Issues and reads access tokens."""

    def __init__(self, key: str, lifetime_seconds: int = 300) -> None:
        self.lifetime_seconds = lifetime_seconds
        self._key = key

    def issue(self, client: Client) -> str:
        """A token that speaks for a client until it expires."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": client.id,
            "iat": now,
            "exp": now + self.lifetime_seconds,
            "tenant": client.tenant,
            "role": client.role,
            "synthetic": client.synthetic,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def caller(self, request: Request) -> Caller:
        """Who is asking; refuses with 401 when the token is missing, expired or not ours."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise _unauthorized("a bearer token is required")
        try:
            claims = jwt.decode(
                token, self._key, algorithms=[ALGORITHM], issuer=ISSUER, options={"require": ["exp", "sub", "tenant"]}
            )
        except jwt.ExpiredSignatureError:
            raise _unauthorized("the token has expired") from None
        except jwt.InvalidTokenError:
            raise _unauthorized("the token is not valid") from None
        # A service may act for a tenant that it names; everybody else acts for their own.
        named = request.headers.get(ON_BEHALF_OF) if claims["role"] == "service" else None
        caller = Caller(
            client=claims["sub"],
            tenant=named or claims["tenant"],
            role=claims["role"],
            synthetic=claims["synthetic"] or marked_synthetic(request.headers),
        )
        request.scope["caller"] = caller
        return caller


def marked_synthetic(headers: Headers) -> bool:
    """Whether the caller says itself that no customer waits for the answer."""
    members = ",".join(headers.getlist("baggage")).split(",")
    carried = any(member.partition(";")[0].strip() == SYNTHETIC_MEMBER for member in members)
    return carried or headers.get(SYNTHETIC_HEADER, "").lower() == "true"


def _unauthorized(message: str) -> Refusal:
    return Refusal(401, "unauthorized", message, {"WWW-Authenticate": "Bearer"})
