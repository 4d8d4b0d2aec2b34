"""The environment as a block: everything in it runs until the block ends, and nothing is left behind."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx

from staging.core_api.seed import Size
from staging.environment import configuration, identities, programs, service
from staging.environment.component import PAUSE_SECONDS, Component, StagingError, wait
from staging.environment.pace import Pace
from staging.environment.ports import free_ports
from staging.environment.receiver import Receiver
from staging.environment.service import Service, Site

ROOT = Path(__file__).resolve().parents[2]

Part = Literal["prometheus", "alertmanager", "blackbox", "runner"]
EVERYTHING: tuple[Part, ...] = ("prometheus", "alertmanager", "blackbox", "runner")

Found = TypeVar("Found")


class Environment:
    """The two services, and those of the components around them that are asked for.

    with Environment("prometheus", pace=Pace()) as env:
        env.fault("core-api", error_ratio=0.2)
        env.query('sum(rate(http_requests_total{code=~"5.."}[1m]))')
    """

    def __init__(
        self,
        *parts: Part,
        pace: Pace | None = None,
        root: Path = ROOT,
        services: Path | None = None,
        generated: Path | None = None,
        prometheus_major: int | None = None,
        size: Size | None = None,
        past: Sequence[str] = (),
    ) -> None:
        """`past` are samples in OpenMetrics that Prometheus has from before it was started."""
        self.parts = parts
        self.pace = pace
        self.root = root
        self.services = root / "services" if services is None else services
        self.generated = root / "generated" if generated is None else generated
        self.prometheus_major = prometheus_major
        self.size = size or Size()
        self.past = past
        self.components: list[Component] = []
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self.folder = Path(tempfile.mkdtemp(prefix="relrails-staging-"))
            opened.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self._prepare(opened)
            for component in self.components:
                opened.callback(component.stop)
                component.start()
            wait(*self.components)
            self._running = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._running.close()

    def fault(self, name: str, **faults: Any) -> None:
        """Break a service on purpose; without faults it is well again."""
        self.service(name).fault(**faults)

    def service(self, name: str) -> Service:
        """A service by its name."""
        for component in self.components:
            if isinstance(component, Service) and component.name == name:
                return component
        raise StagingError(f"there is no service {name!r} in this environment")

    def delivered(self) -> list[dict[str, Any]]:
        """The webhooks that Alertmanager has delivered: receiver, time, body."""
        return self.receiver.delivered()

    def query(self, expr: str) -> list[tuple[dict[str, str], float]]:
        """Ask Prometheus for an expression now: values by their labels."""
        result = self.api("query", query=expr)["result"]
        return [(item["metric"], float(item["value"][1])) for item in result]

    def api(self, path: str, **parameters: str) -> Any:
        """What Prometheus' HTTP API answers."""
        answer = httpx.get(f"{self.prometheus.url}/api/v1/{path}", params=parameters, timeout=30, trust_env=False)
        document = answer.json()
        if document["status"] != "success":
            raise StagingError(f"prometheus refuses {parameters}: {document['error']}")
        return document["data"]

    def login(self, name: str = identities.ANALYST) -> dict[str, str]:
        """Headers of somebody who has logged in."""
        who = self.identities.known[name]
        form = {"grant_type": "client_credentials", "client_id": who.client_id, "client_secret": who.secret}
        answer = httpx.post(f"{self.core_api.url}/oauth/token", data=form, timeout=10, trust_env=False)
        answer.raise_for_status()
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    @contextmanager
    def running(self, *components: Component) -> Iterator[None]:
        """Start more components, which end with the block."""
        with ExitStack() as opened:
            for component in components:
                self.components.append(component)
                opened.callback(self.components.remove, component)
                opened.callback(component.stop)
                component.start()
            wait(*components)
            yield

    def _prepare(self, opened: ExitStack) -> None:
        ports = [f"127.0.0.1:{port}" for port in free_ports(7)]
        core, export, prometheus, alertmanager, blackbox, runner, receiver = ports
        self.identities = identities.make(self.folder / "secrets")
        self.site = Site(self.root, self.folder, self.identities)
        self.core_api = service.core_api(self.site, core, self.size)
        self.export_service = service.export_service(self.site, export, self.core_api.url)
        self.components = [self.core_api, self.export_service]
        addresses = {"core-api": core, "export-service": export}
        if "alertmanager" in self.parts:
            self.receiver = Receiver(int(receiver.partition(":")[2]), self.folder / "delivered.jsonl")
            opened.callback(self.receiver.stop)
            config = configuration.alertmanager(
                self.generated, self.folder / "alertmanager", self.receiver.url, self.pace
            )
            self.alertmanager = programs.alertmanager(config, alertmanager, self.folder)
            self.components.append(self.alertmanager)
            addresses["alertmanager"] = alertmanager
        if "blackbox" in self.parts:
            self.blackbox = programs.blackbox(
                configuration.blackbox(self.generated, self.folder / "blackbox"), blackbox, self.folder
            )
            self.components.append(self.blackbox)
            addresses["relrails-reachability"] = blackbox
        if "prometheus" in self.parts:
            if "runner" in self.parts:
                addresses["relrails-probe"] = runner
            config = configuration.prometheus(self.generated, self.folder / "prometheus", addresses, self.pace)
            self.prometheus = programs.prometheus(config, prometheus, self.folder, self.prometheus_major)
            if self.past:
                programs.remember(self.past, self.folder, self.prometheus_major)
            self.components.append(self.prometheus)
        if "runner" in self.parts:
            targets = {"core-api": self.core_api.url, "export-service": self.export_service.url}
            self.runner = programs.runner(runner, self.folder, self.root, self.services, targets)
            self.runner.variables = os.environ | self.probe_variables
            self.components.append(self.runner)

    @property
    def probe_variables(self) -> dict[str, str]:
        """What the probe runner reads its secrets from."""
        probe = self.identities.known[identities.PROBE]
        return {"RELRAILS_PROBE_ID": probe.client_id, "RELRAILS_PROBE_SECRET": probe.secret}


def eventually(look: Callable[[], Found], seconds: float, what: str, seen: Callable[[], str] = lambda: "") -> Found:
    """Look until there is something to see; StagingError names what did not come, and tells what was `seen` instead."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            last = json.dumps(found, default=str)
            raise StagingError(f"{what}: not within {seconds:g} s; the last look gave {last}\n{seen()}".rstrip())
        time.sleep(PAUSE_SECONDS * 2)
