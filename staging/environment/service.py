"""A service of this environment, as tests and drills handle it."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from staging.core_api.seed import Size
from staging.environment.component import Component, StagingError
from staging.environment.identities import Identities
from staging.serving import admin

STABLE = f"sha256:{'5ab1e0' * 10}feed"
CANARY = f"sha256:{'c0ffee' * 10}feed"
"""What the two of a canary pair say that they run."""


@dataclass(kw_only=True)
class Service(Component):
    """A running service with its fault switch, its log and its audit log."""

    data: Path
    admin_token: str

    def fault(self, **faults: Any) -> None:
        """Break it on purpose; the names are those of staging.serving.faults.Faults, and none means that it is well."""
        answer = httpx.put(f"{self.url}{admin.PATH}", json=faults, headers=self._admin, timeout=10, trust_env=False)
        if answer.status_code != 200:
            raise StagingError(f"{self.name} does not take these faults: {answer.text}")

    def log_lines(self) -> list[dict[str, Any]]:
        """What it has logged; a line that is being written is left out."""
        whole, _, _ = self.log.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]

    def audit_events(self) -> list[dict[str, Any]]:
        """What it has recorded; a line that was torn by a kill is left out."""
        events = []
        for line in (self.data / "audit.jsonl").read_text(encoding="utf-8").splitlines():
            try:
                events.append(json.loads(line))
            except ValueError:
                continue
        return events

    @property
    def _admin(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.admin_token}"}


@dataclass(frozen=True, slots=True)
class Site:
    """What all services of one environment share."""

    root: Path
    folder: Path
    identities: Identities


def core_api(site: Site, address: str, size: Size, name: str = "core-api", artifact: str = STABLE) -> Service:
    """The Core API, as if it were the artifact with this digest."""
    made = ("--events", str(size.events), "--edges", str(size.edges), "--artifact", artifact)
    return _service(site, address, name, "core_api", *made)


def export_service(site: Site, address: str, core_api_url: str) -> Service:
    """The Export Service."""
    secret = str(site.identities.export_secret_file)
    return _service(
        site, address, "export-service", "export_service", "--core-api", core_api_url, "--client-secret-file", secret
    )


def _service(site: Site, address: str, name: str, module: str, *options: str) -> Service:
    data = site.folder / name
    who = site.identities
    argv = [
        *(sys.executable, "-m", f"staging.{module}"),
        *("--listen", address),
        *("--data", str(data)),
        *("--clients", str(who.clients_file)),
        *("--token-key-file", str(who.token_key_file)),
        *("--admin-token-file", str(who.admin_token_file)),
        *options,
    ]
    return Service(
        name=name,
        url=f"http://{address}",
        argv=argv,
        log=site.folder / f"{name}.log",
        folder=site.root,
        ready="/healthz",
        data=data,
        admin_token=who.admin_token,
    )
