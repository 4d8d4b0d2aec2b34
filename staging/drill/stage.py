"""The stage of the drills: a canary pair behind HAProxy, steady traffic, and the real policy in a hurry."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from staging.canary_pair import BACKEND, CanaryPair
from staging.core_api.seed import Size
from staging.environment import Environment, Pace, StagingError, eventually
from staging.environment.service import CANARY, STABLE
from staging.traffic import Traffic

PACE = Pace(scrape="1s", evaluate="5s", group="1s")
SIZE = Size(events=4_000, edges=2_400)
PER_SECOND = 100
LOOK_SECONDS = 10
START_SECONDS = 90
END_SECONDS = 420

SERVICE = '''"""core-api as it is declared, in a hurry.

Half of the traffic and short looks hold in minutes what a real canary sees in half an hour. Checks, error rates, sizes
and alpha are those of services/core_api.py.
"""

from dataclasses import replace

from relrails import canary
from relrails.units import minutes, percent, seconds
from services._declared import service as declared

service = replace(
    declared,
    scrape_interval=1 * seconds,
    canary=replace(
        declared.canary,
        step={look} * seconds,
        warmup={warmup} * seconds,
        min_duration=1 * minutes,
        max_duration=5 * minutes,
        traffic_share=50 * percent,
        recovery=canary.Recovery(within=60 * seconds),
        silence=canary.Silence(hold_max=1 * minutes),
        rollback=canary.HAProxy(socket={socket!r}, backend={backend!r}, server="canary"),
    ),
)
'''


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a controller ended."""

    code: int
    result: dict[str, Any]
    said: str
    bundle: Path | None

    @property
    def codes(self) -> list[str]:
        """The reason codes, the primary one first."""
        return [reason["code"] for reason in self.result.get("reasons", [])]


class Stage:
    """Everything a drill needs; evidence goes into `out`."""

    def __init__(self, env: Environment, pair: CanaryPair, traffic: Traffic, out: Path) -> None:
        self.env, self.pair, self.traffic, self.out = env, pair, traffic, out
        self._project = env.folder / "drill"
        self._state = env.folder / "drill-state"

    def prepare(self) -> None:
        """Write the service as a release engineer of this pair would."""
        shutil.copytree(self.env.root / "probes", self._project / "probes")
        services = self._project / "services"
        services.mkdir()
        shutil.copyfile(self.env.root / "services/core_api.py", services / "_declared.py")
        text = SERVICE.format(look=LOOK_SECONDS, warmup=2 * LOOK_SECONDS, socket=str(self.pair.socket), backend=BACKEND)
        (services / "core_api.py").write_text(text, encoding="utf-8")

    @contextmanager
    def release(self) -> Iterator["Release"]:
        """Begin a canary as `relrails canary run`; whatever is left of it ends with the block."""
        argv = [
            sys.executable,
            "-m",
            "relrails",
            "canary",
            "run",
            "core-api",
            "--artifact",
            CANARY,
            "--stable",
            STABLE,
        ]
        # The budget of this Prometheus is minutes old, and drills spend it: the gate has its own part of the evidence.
        argv += ["--no-gate", "--drill", "--prometheus", self.env.prometheus.url, "--format", "json"]
        argv += ["--services", str(self._project / "services"), "--state", str(self._state)]
        argv += ["--evidence", str(self.out)]
        before = self.bundles()
        path = os.pathsep.join((str(self.env.root), os.environ.get("PYTHONPATH", "")))
        process = subprocess.Popen(
            argv,
            cwd=self._project,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            yield Release(self, process, before)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def bundles(self) -> set[Path]:
        """Every bundle of evidence that there is."""
        return {file.parent for file in self.out.glob("**/decision.json")}

    @property
    def journal(self) -> Path:
        """Where a running controller writes down what it saw."""
        return self._state / "core-api.jsonl"


class Release:
    """A canary that is being watched."""

    def __init__(self, stage: Stage, process: "subprocess.Popen[str]", before: set[Path]) -> None:
        self._stage, self.process, self._before = stage, process, before

    def looks(self) -> int:
        """How many looks the controller has taken."""
        try:
            lines = self._stage.journal.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return 0
        return sum('"is": "Observation"' in line or '"is":"Observation"' in line for line in lines)

    def watched(self, looks: int) -> None:
        """Wait until so many looks were taken."""

        def far() -> bool:
            if self.process.poll() is not None:
                said = self.process.communicate()
                raise StagingError(f"the controller ended before look {looks}: {said[0]}{said[1]}")
            return self.looks() >= looks

        eventually(far, START_SECONDS, f"look {looks} of the canary")

    def child(self) -> int:
        """The process that watches; its parent is the one that watches it."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="utf-8").split()
        if not listed:
            raise StagingError("the controller has no process that watches")
        return int(listed[0])

    def end(self) -> Ended:
        """Wait for the end."""
        try:
            out, said = self.process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise StagingError(f"the canary was not decided within {END_SECONDS} s") from error
        try:
            result = json.loads(out)
        except ValueError:
            result = {}
        new = sorted(self._stage.bundles() - self._before)
        return Ended(code=self.process.returncode, result=result, said=said, bundle=new[0] if new else None)


@contextmanager
def stage(out: Path) -> Iterator[Stage]:
    """Bring the stage up, with traffic on it."""
    with (
        Environment("prometheus", "alertmanager", pace=PACE, size=SIZE) as env,
        CanaryPair(env) as pair,
        Traffic(pair.url, env.login, per_second=PER_SECOND) as traffic,
    ):
        ready = Stage(env, pair, traffic, out)
        ready.prepare()
        yield ready
