"""What the probe runner costs: CPU for each step, memory, punctuality, and the series that failures add."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.answering import serving
from bench.process import environment
from bench.table import Table

HOME = Path(__file__).parent.parent
EXTRA = 300
MB, KB = 1_000_000, 1_000
MS = 1_000
SECRETS = {"RELRAILS_PROBE_ID": "bench", "RELRAILS_PROBE_SECRET": "nothing-secret"}


def run() -> Iterator[Table]:
    """Measure against a server of our own, each time in a new process."""
    with tempfile.TemporaryDirectory(prefix="relrails-bench-") as folder, serving() as url:
        env = {**environment(Path(folder)), **SECRETS}
        _ask(env, "failures", url)  # compiles every file, so that no measurement has that in it
        yield _steps(env, url)
        yield _memory(env, url)
        yield _failures(env, url)


def _steps(env: dict[str, str], url: str) -> Table:
    kept, fresh = _ask(env, "walks", url, "50", "60"), _ask(env, "walks", url, "2", "600")
    return Table(
        title="HTTP steps of the runner for each second of its CPU, with expectations, numbers and trace context",
        columns=("connections", "steps", "CPU s", "steps per CPU s"),
        forms=("", ",.0f", ".2f", ",.0f"),
        rows=tuple(
            (name, found["steps"], found["cpu_seconds"], found["steps"] / found["cpu_seconds"])
            for name, found in (("50 steps each", kept), ("2 steps each", fresh))
        ),
        notes=("Aims: 1,300 where a connection is kept; 700 where every other step makes a new one.",),
    )


def _memory(env: dict[str, str], url: str) -> Table:
    few, many = _ask(env, "runs", url, "0", "1"), _ask(env, "runs", url, str(EXTRA), "6")
    each = (many["rss"] - few["rss"]) / EXTRA
    return Table(
        title="The runner at work: three journeys every second, and 300 more with them every six",
        columns=(
            "journeys",
            "runs",
            "failed",
            "RSS MB",
            "kB a further journey",
            "late p50 ms",
            "p99 ms",
            "samples",
            "scrape ms",
        ),
        forms=("d", ",.0f", ".0f", ".1f", ".1f", ".2f", ".2f", ",.0f", ".2f"),
        rows=tuple(
            (
                count,
                found["runs"],
                found["failed"],
                found["rss"] / MB,
                more,
                found["late_p50"] * MS,
                found["late_p99"] * MS,
                found["samples"],
                found["scrape"] * MS,
            )
            for count, found, more in ((3, few, None), (3 + EXTRA, many, each / KB))
        ),
        notes=("Aims: 45 MB for three journeys, 50 kB for each further one, late by 2 ms at most, a scrape in 5 ms.",),
    )


def _failures(env: dict[str, str], url: str) -> Table:
    found = _ask(env, "failures", url)
    return Table(
        title="Series of the three journeys when all have succeeded once, and after all of them have failed",
        columns=("before", "after", "added"),
        forms=(".0f", ".0f", ".0f"),
        rows=((found["before"], found["after"], found["after"] - found["before"]),),
        notes=("Aim: none is added.",),
    )


def _ask(env: dict[str, str], *arguments: str) -> dict[str, float]:
    argv = [sys.executable, "-m", "bench.walking", *arguments]
    said = subprocess.run(argv, check=True, stdout=subprocess.PIPE, cwd=HOME, env=env).stdout
    found: dict[str, float] = json.loads(said)
    return found
