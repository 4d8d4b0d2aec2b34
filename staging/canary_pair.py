"""Two instances of the Core API behind HAProxy: a stable one and a canary, with weights that a drill can shift.

HAProxy makes no health checks and does not try again: who gets a request is decided by the weights alone, and what goes
wrong reaches the caller. That is what a drill wants to see.
"""

import socket
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from staging.environment import Environment, StagingError, programs, service
from staging.environment.component import Component
from staging.environment.ports import free_ports
from staging.environment.service import Service

BACKEND = "core-api"
TRACKS = ("stable", "canary")
TRACK_HEADER = "x-track"
"""The header of an answer that says which of the two gave it."""
ANSWER_SECONDS = 5.0

CONFIG = """\
global
  stats socket {socket} mode 600 level admin
  log stderr format raw local0 notice

defaults
  mode http
  log global
  option httplog
  option dontlog-normal
  option forwardfor
  retries 0
  timeout connect 2s
  timeout client 60s
  timeout server 60s

frontend core-api
  bind {address}
  # What operates a service is reached at its own port, and by nobody through the door of its customers.
  http-request deny deny_status 404 if {{ path_beg /admin /metrics }}
  # On HAProxy's own errors too: a canary that is gone has failed those whom it was given.
  http-after-response set-header X-Track %s
  default_backend {backend}

backend {backend}
  balance roundrobin
  server stable {stable} weight 100
  server canary {canary} weight 0
"""


class CanaryPair:
    """The pair as a block inside an environment; the environment's own Core API is the stable one.

    with Environment("prometheus", pace=Pace()) as env, CanaryPair(env) as pair:
        pair.shift(canary_percent=10)
        pair.fault("canary", error_ratio=0.3)
    """

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.stable = env.core_api
        canary, proxy = (f"127.0.0.1:{port}" for port in free_ports(2))
        self.canary: Service = service.core_api(
            env.site, canary, env.size, name="core-api-canary", artifact=service.CANARY
        )
        self.socket = env.folder / "haproxy.sock"
        self.url = f"http://{proxy}"
        self._proxy = Component(
            name="haproxy",
            url=self.url,
            argv=[str(programs.newest("haproxy").path), "-f", str(self._config(proxy)), "-db"],
            log=env.folder / "haproxy.log",
            folder=env.folder,
            ready="/healthz",
        )
        self._targets = env.folder / "prometheus" / "targets" / "core-api.yml"
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            opened.enter_context(self.env.running(self.canary, self._proxy))
            if self._targets.is_file():
                before = self._targets.read_text(encoding="utf-8")
                opened.callback(_replace, self._targets, before)
                tracks = [{"targets": [_address(getattr(self, track))], "labels": {"track": track}} for track in TRACKS]
                _replace(self._targets, yaml.safe_dump(tracks))
            self._running = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._running.close()

    def shift(self, canary_percent: int) -> None:
        """Give the canary this share of the requests, from now on."""
        if not 0 <= canary_percent <= 100:
            raise ValueError(f"a share is between 0 and 100 %, not {canary_percent}")
        for track, weight in (("stable", 100 - canary_percent), ("canary", canary_percent)):
            self.command(f"set server {BACKEND}/{track} weight {weight}")

    def weights(self) -> dict[str, int]:
        """The weight that HAProxy gives to each of the two."""
        return {track: int(self.command(f"get weight {BACKEND}/{track}").split()[0]) for track in TRACKS}

    def fault(self, track: str, **faults: object) -> None:
        """Break one of the two on purpose; without faults it is well again."""
        {"stable": self.stable, "canary": self.canary}[track].fault(**faults)

    def command(self, line: str) -> str:
        """What HAProxy's runtime API answers; raises StagingError when it complains."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(str(self.socket))
            connection.sendall(f"{line}\n".encode())
            answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode().strip()
        # Setting answers nothing, and asking for a weight answers with a number.
        if answer and not answer[0].isdigit():
            raise StagingError(f"haproxy answers to {line!r}: {answer}")
        return answer

    def _config(self, proxy: str) -> Path:
        file = self.env.folder / "haproxy.cfg"
        text = CONFIG.format(
            socket=self.socket,
            address=proxy,
            backend=BACKEND,
            stable=_address(self.stable),
            canary=_address(self.canary),
        )
        file.write_text(text, encoding="utf-8")
        return file


def _address(component: Component) -> str:
    return component.url.removeprefix("http://")


def _replace(file: Path, text: str) -> None:
    # In one step: Prometheus may be reading. The time in the name keeps two replacements apart.
    new = file.with_name(f".{file.name}.{time.monotonic_ns()}")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
