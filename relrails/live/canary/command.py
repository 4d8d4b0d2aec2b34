"""Runs a program that acts on the world: argv without a shell, a time limit, and the end of its output kept."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

TAIL = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What was done: `argv` as it was run, times in unix seconds, the exit code (None: it did not end), its output."""

    name: str
    argv: tuple[str, ...]
    started: float
    ended: float
    exit_code: int | None
    output: str

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.exit_code == 0

    @property
    def text(self) -> str:
        """Say how it ended, in one line."""
        ended = "did not end in time" if self.exit_code is None else f"exited {self.exit_code}"
        last = self.output.strip().splitlines()[-1:] or [""]
        return f"{' '.join(self.argv)} {ended}" + (f": {last[0][:200]}" if last[0] else "")


def run(name: str, argv: Sequence[str], filled: Mapping[str, str], timeout: float) -> Done:
    """Run a program to its end, or until its time is up; then its whole process group is killed."""
    full = tuple(_fill(argument, filled) for argument in argv)
    started = time.time()
    with tempfile.TemporaryFile() as out:
        try:
            process = subprocess.Popen(
                full, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        except (OSError, ValueError) as error:
            return Done(
                name=name, argv=full, started=started, ended=time.time(), exit_code=127, output=f"does not run: {error}"
            )
        try:
            code: int | None = process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = None
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        size = out.seek(0, os.SEEK_END)
        out.seek(max(0, size - TAIL))
        output = out.read().decode("utf-8", "replace")
    return Done(name=name, argv=full, started=started, ended=time.time(), exit_code=code, output=output)


def _fill(argument: str, filled: Mapping[str, str]) -> str:
    for name, value in filled.items():
        argument = argument.replace(f"{{{name}}}", value)
    return argument
