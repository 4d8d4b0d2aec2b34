"""One run of a program: how long it took, and the memory of it and everything that it started."""

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY_SECONDS = 0.1
KIB = 1024


class RunFailedError(Exception):
    """The program did not do what was to be measured; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run cost; pages that processes share are counted once."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def environment(caches: Path) -> dict[str, str]:
    """Let Python keep its compiled files in a folder, as it does wherever nobody forbids it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(caches)}


def measure(argv: Sequence[str], folder: Path, env: dict[str, str], *, every: float = EVERY_SECONDS) -> Run:
    """Run a program to its end; raises RunFailedError unless it exits 0.

    To look at its memory makes it wait: where a run is over in less than a second, `every` can be longer than that, and
    the peak is then that of the largest process alone.
    """
    begin = time.perf_counter()
    with (
        tempfile.TemporaryFile() as talk,
        subprocess.Popen(argv, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=talk) as process,
    ):
        peak = 0
        ended = os.pidfd_open(process.pid)
        try:  # woken by the end itself: a sleep would round every run up
            while not select.select([ended], [], [], every)[0]:
                peak = max(peak, sum(map(_proportional, _tree(process.pid))))
            seconds = time.perf_counter() - begin
        finally:
            os.close(ended)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            talk.seek(0)
            raise RunFailedError(
                f"{' '.join(argv)} exited {process.returncode}: {talk.read().decode(errors='replace')}"
            )
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else KIB)
    return Run(seconds, usage.ru_utime + usage.ru_stime, max(peak, largest))


def _tree(root: int) -> Iterator[int]:
    """The process and its descendants; only itself where there is no /proc."""
    yield root
    parents = dict(_parents())
    known = {root}
    while found := {pid for pid, parent in parents.items() if parent in known} - known:
        known |= found
        yield from found


def _parents() -> Iterator[tuple[int, int]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name of a program may hold spaces and brackets; what follows the last bracket is regular.
            yield int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * KIB for line in lines if line.startswith("Pss:"))
