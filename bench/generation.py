"""How long `relrails generate` takes, how much memory, and what for."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench import fleet
from bench.process import EVERY_SECONDS, Run, environment, measure
from bench.table import Table

SIZES = (2, 100, 1000)
TRIES = {2: 9, 100: 3}
"""Short runs are repeated and the quickest counts: the others waited for something else on this machine."""
GENERATE = (sys.executable, "-m", "relrails", "generate", "--services", "services", "--out", "generated")
MB = 1_000_000
UNWATCHED = 3600.0
"""Seconds between two looks at the memory of a run that is timed."""
HOME = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Measured:
    """What a fleet of one size took: from nothing, again at once, and after one service was changed."""

    services: int
    files: int
    first: Run
    again: Run
    changed: Run
    stages: dict[str, float]


def run() -> Iterator[Table]:
    """Measure fleets of several sizes."""
    found = [_fleet(size) for size in SIZES]
    yield Table(
        title="relrails generate: 3 SLOs a service, with dashboards, runbooks and proofs; each run is a new process",
        columns=(
            "services",
            "files",
            "first s",
            "CPU s",
            "peak MB",
            "unchanged s",
            "its CPU s",
            "share",
            "one changed s",
        ),
        forms=("d", ",d", ".2f", ".2f", ".0f", ".2f", ".2f", ".1%", ".2f"),
        rows=tuple(
            (
                m.services,
                m.files,
                m.first.seconds,
                m.first.cpu_seconds,
                m.first.peak_bytes / MB,
                m.again.seconds,
                m.again.cpu_seconds,
                m.again.seconds / m.first.seconds,
                m.changed.seconds,
            )
            for m in found
        ),
        notes=("Aims: 2 services below 0.5 s; 1,000 below 60 s and 500 MB on 2 cores; unchanged below a tenth.",),
    )
    names = tuple(dict.fromkeys(name for m in found for name in m.stages))
    yield Table(
        title="Share of each stage, of the CPU time of one process that does them one after the other",
        columns=("services", "CPU s", *names),
        forms=("d", ".2f", *(".1%" for _ in names)),
        rows=tuple(
            (m.services, total, *(m.stages[name] / total for name in names))
            for m, total in ((m, sum(m.stages.values())) for m in found)
        ),
    )


def _fleet(size: int) -> Measured:
    tries = range(TRIES.get(size, 1))
    with tempfile.TemporaryDirectory(prefix="relrails-bench-") as folder:
        home = Path(folder)
        env = environment(home / "compiled")
        fleet.write(home / "services", size)
        stages = _stages(home, env)  # the first of all: after it every file that Python imports is compiled
        firsts: list[Run] = []
        for _ in tries:
            _forget(home)
            firsts.append(measure(GENERATE, home, env, every=UNWATCHED if firsts else EVERY_SECONDS))
        agains = [measure(GENERATE, home, env, every=UNWATCHED) for _ in tries]
        files = sum(path.is_file() for path in (home / "generated").rglob("*"))
        fleet.change_one(home / "services")
        changed = measure(GENERATE, home, env)
    return Measured(size, files, _best(firsts), _best(agains), changed, stages)


def _best(runs: list[Run]) -> Run:
    """The quickest, with the memory of that which needed most: only the first was watched."""
    return replace(min(runs, key=lambda r: r.seconds), peak_bytes=max(run.peak_bytes for run in runs))


def _forget(folder: Path) -> None:
    for name in ("generated", ".relrails-cache"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _stages(folder: Path, env: dict[str, str]) -> dict[str, float]:
    warm, out = str(folder / "warm"), str(folder / "by-stage")
    fleet.write(folder / "warm-services", 1)
    found: dict[str, float] = {}
    for services, into in ((str(folder / "warm-services"), warm), (str(folder / "services"), out)):
        argv = [sys.executable, "-m", "bench.stages", services, into]
        found = json.loads(subprocess.run(argv, check=True, stdout=subprocess.PIPE, cwd=HOME, env=env).stdout)
    return found
