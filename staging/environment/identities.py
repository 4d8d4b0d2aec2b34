"""Who may log in to staging: made anew for each environment, with secrets that nobody has seen before."""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from staging.core_api.seed import PROBE_TENANT, TENANTS
from staging.serving.identity import Client

PROBE = "relrails-probe"
ANALYST = "analyst"
EXPORT_SERVICE = "export-service"
INTERNAL = "internal"
"""The tenant of our own services, when they act for nobody else."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a program logs in with."""

    client_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Identity({self.client_id!r}, ***)"


@dataclass(frozen=True, slots=True)
class Identities:
    """Everybody's secrets, and the files that the services read them from."""

    known: dict[str, Identity]
    clients_file: Path
    token_key_file: Path
    admin_token_file: Path
    export_secret_file: Path
    probe_secret_file: Path
    admin_token: str


def make(folder: Path) -> Identities:
    """Draw all secrets, and write what the services need into a folder that only we can read."""
    folder.mkdir(mode=0o700)
    roles = {
        PROBE: {"tenant": PROBE_TENANT, "synthetic": True},
        ANALYST: {"tenant": TENANTS[0]},
        f"{ANALYST}-of-{TENANTS[1]}": {"tenant": TENANTS[1]},
        EXPORT_SERVICE: {"tenant": INTERNAL, "role": "service"},
    }
    known = {name: Identity(name, secrets.token_urlsafe(32)) for name in roles}
    clients = [
        asdict(Client(id=name, secret_sha256=hashlib.sha256(known[name].secret.encode()).hexdigest(), **role))  # type: ignore[arg-type]  # a dict of differing fields
        for name, role in roles.items()
    ]
    token_key, admin_token = secrets.token_urlsafe(48), secrets.token_urlsafe(32)
    return Identities(
        known=known,
        clients_file=_write(folder / "clients.json", json.dumps(clients, indent=1)),
        token_key_file=_write(folder / "token-key", token_key),
        admin_token_file=_write(folder / "admin-token", admin_token),
        export_secret_file=_write(folder / "export-service-secret", known[EXPORT_SERVICE].secret),
        probe_secret_file=_write(folder / "probe-secret", known[PROBE].secret),
        admin_token=admin_token,
    )


def _write(file: Path, text: str) -> Path:
    file.touch(mode=0o600)
    file.write_text(text + "\n", encoding="utf-8")
    return file
