"""Two programs run turn by turn, so that whatever else the machine does falls on both alike.

Every round runs three: before, after, and before once more as the control. Their order changes from round to round
through all six, so that none is always the one that runs on a warm cache.
"""

import os
import secrets
import shlex
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

from relrails.evidence import Redaction
from relrails.evidence.redacting import Redactor
from relrails.judge.perf import LEAST, Refused
from relrails.perf.machine import fingerprint
from relrails.perf.samples import Run, Samples

UNITS = {"cpu": "s", "wall": "s"}
_ROLES = ("before", "after", "control")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How often each is run, how many rounds come first and are not kept, and when a run has taken too long."""

    runs: int = 20
    warmups: int = 2
    timeout_seconds: float = 600


def argv(command: str) -> list[str]:
    """Split a command as a shell would, without one; raises Refused."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Refused(f"the command {command!a} cannot be split: {error}") from None
    if not words:
        raise Refused("a command is empty; fix: name the program and its arguments in quotes")
    return words


def measure(
    before: Sequence[str],
    after: Sequence[str],
    plan: Plan | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Samples, Samples]:
    """Run two programs in turns; gives their samples, with the control in the first.

    CPU time is that of the program and all it waited for. Raises Refused for a program that cannot be started, fails
    or does not end.
    """
    plan = plan or Plan()
    if plan.runs < LEAST:
        raise Refused(f"{plan.runs} runs show nothing; fix: --runs {LEAST} or more")
    commands = dict(zip(_ROLES, (before, after, before), strict=True))
    runs: dict[str, list[Run]] = {role: [] for role in _ROLES}
    machine = fingerprint()
    orders = list(permutations(_ROLES))
    turn, rounds = 0, plan.warmups + plan.runs
    for number in range(rounds):
        for role in orders[number % len(orders)]:
            costs = _once(commands[role], plan.timeout_seconds)
            if number >= plan.warmups:
                runs[role].append(Run(turn=turn, costs=costs))
                turn += 1
        if progress is not None:
            progress(number + 1, rounds)
    session = secrets.token_hex(8)
    shared = {"units": UNITS, "session": session, "warmups": plan.warmups, "machine": machine}
    return (
        Samples(name="before", runs=runs["before"], control=runs["control"], command=masked(before), **shared),  # type: ignore[arg-type] # a dict of several types
        Samples(name="after", runs=runs["after"], command=masked(after), **shared),  # type: ignore[arg-type] # likewise
    )


def masked(command: Sequence[str]) -> list[str]:
    """Give a command as it may be kept: without the secrets among its arguments."""
    return [str(word) for word in Redactor(Redaction()).argv(command)]


def _once(command: Sequence[str], timeout_seconds: float) -> dict[str, float]:
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        try:
            # A session of its own, so that whatever it started ends with it.
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
        except OSError as error:
            raise Refused(f"{command[0]!a} cannot be started: {error.strerror}") from None
        late = threading.Event()
        timer = threading.Timer(timeout_seconds, _end, (process.pid, late))
        timer.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            _end(process.pid, late)
            os.waitpid(process.pid, 0)
            raise
        finally:
            wall = time.perf_counter() - started
            timer.cancel()
            process.returncode = 0  # it was waited for here, for its CPU time: nobody else shall wait
        code = os.waitstatus_to_exitcode(status)
        if late.is_set():
            raise Refused(f"{shlex.join(command)} did not end within {timeout_seconds:g} s; fix: --timeout")
        if code != 0:
            said.seek(0)
            last = said.read()[-500:].decode(errors="replace").strip()
            raise Refused(f"{shlex.join(command)} ended with {code}, so its time says nothing; it said: {last or '-'}")
    return {"cpu": used.ru_utime + used.ru_stime, "wall": wall}


def _end(pid: int, late: threading.Event) -> None:
    late.set()
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
