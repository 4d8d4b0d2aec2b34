"""One program of the environment: started, waited for, ended; and named, with the tail of its log, when it fails."""

import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

READY_SECONDS = 60
STOP_SECONDS = 25
TAIL_LINES = 20
PAUSE_SECONDS = 0.05


class StagingError(Exception):
    """The environment cannot do what it is for; the text names the component and says why."""


@dataclass(kw_only=True)
class Component:
    """A program that answers on a URL once it is ready."""

    name: str
    url: str
    argv: Sequence[str]
    log: Path
    folder: Path
    ready: str = "/-/ready"
    variables: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start the program; `wait()` says when it is ready."""
        # In a process group of its own, so that Ctrl-C reaches us alone and we end things in their order.
        with self.log.open("ab") as log:
            try:
                self.process = subprocess.Popen(
                    [*_tether(), *self.argv],
                    cwd=self.folder,
                    env=dict(self.variables) or None,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    process_group=0,
                )
            except OSError as error:
                raise StagingError(f"{self.name} does not start: {error}") from error

    def stop(self, number: int = signal.SIGTERM) -> int | None:
        """End the program and say with which code; one that does not listen is killed."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process = None
        return code

    def tail(self) -> str:
        """The last lines of the log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.is_file() else []
        shown = "".join(f"  | {line[:400]}\n" for line in lines[-TAIL_LINES:])
        return f"  the tail of its log:\n{shown or '  | (empty)'}"


def wait(*components: Component, seconds: float = READY_SECONDS) -> None:
    """Return once all of them answer; raises StagingError for the first that ends, or takes too long."""
    pending = list(components)
    end = time.monotonic() + seconds
    while True:
        for component in pending:
            code = None if component.process is None else component.process.poll()
            if code is not None:
                raise StagingError(f"{component.name} did not come up: it ended with {code}\n{component.tail()}")
        pending = [component for component in pending if not answers(f"{component.url}{component.ready}")]
        if not pending:
            return
        if time.monotonic() > end:
            late = pending[0]
            silent = f"{late.url}{late.ready} is silent after {seconds:g} s"
            raise StagingError(f"{late.name} did not come up: {silent}\n{late.tail()}")
        time.sleep(PAUSE_SECONDS)


def answers(url: str) -> bool:
    """Whether a URL answers 200 right now."""
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _tether() -> tuple[str, ...]:
    # Where Linux can, it ends the program with us, even when we are killed and cannot. It looks at the thread that
    # started the program: the environment is brought up by one that lives as long as the environment does.
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM") if setpriv else ()
