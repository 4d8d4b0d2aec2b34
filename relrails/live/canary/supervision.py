"""A process that watches the process that watches: a canary whose controller dies is rolled back.

The controller runs in a child, in a session of its own. When it dies without a verdict, or says nothing for too long,
the parent rolls back. When the parent dies, the child sees the end of a pipe and rolls back itself. Only when both die
at once does the canary wait for the next start, which finds the journal.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

CRASHED = 70
"""The exit code of a child that could not conclude (EX_SOFTWARE)."""
BEAT = 2.0
"""Seconds between two signs of life."""
_STOPPED_BY = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Lifeline:
    """What the child holds: it says that it lives, and hears when the parent does not, or when it shall stop."""

    def __init__(self, parent: int, beat: int) -> None:
        self._parent, self._beat = parent, beat
        self._woken, self._wake = os.pipe()
        self._stopped = ""
        for number in _STOPPED_BY:
            signal.signal(number, self._stop)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        # A second signal changes nothing: a rollback that has begun is carried through.
        if not self._stopped:
            self._stopped = f"stopped by {signal.Signals(number).name}"
            os.write(self._wake, b"!")

    def wait(self, seconds: float) -> str:
        """Wait so long; gives at once why to stop, once there is a reason."""
        end = time.monotonic() + seconds
        while not self._stopped:
            self.beat()
            left = end - time.monotonic()
            ready, _, _ = select.select([self._parent, self._woken], [], [], max(0.0, min(left, BEAT)))
            if self._parent in ready:
                self._stopped = "the process that supervises the controller died"
            if left <= BEAT and not ready:
                break
        return self._stopped

    def pause(self, seconds: float) -> str:
        """Wait so long, whatever happens: what is being done is carried through, and there is no reason to stop."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.beat()
            time.sleep(min(left, BEAT))
        self.beat()
        return ""

    def beat(self) -> None:
        """Say that the child lives."""
        with suppress(OSError):
            os.write(self._beat, b".")


def supervise(work: Callable[[Lifeline], int], rescue: Callable[[str], int], silence: float) -> int:
    """Run `work` in a child; gives its exit code, or that of `rescue` where it died or was silent for so long."""
    parent_end, held = os.pipe()
    beats, beat = os.pipe()
    os.set_blocking(beat, False)
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        os.close(held)
        os.close(beats)
        _child(work, parent_end, beat)
    os.close(parent_end)
    os.close(beat)
    return _parent(child, beats, rescue, silence)


def _child(work: Callable[[Lifeline], int], parent_end: int, beat: int) -> NoReturn:
    """Never comes back: whatever is raised ends in an exit code that makes the parent roll back."""
    code = CRASHED
    try:
        # Whoever kills the process group of the parent must not take this process too.
        os.setsid()
        code = work(Lifeline(parent_end, beat))
    except BaseException:  # the parent has to hear of anything
        import traceback

        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _parent(child: int, beats: int, rescue: Callable[[str], int], silence: float) -> int:
    def forward(_number: int, _frame: FrameType | None) -> None:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)

    before = {number: signal.signal(number, forward) for number in _STOPPED_BY}
    try:
        why = _listen(child, beats, silence)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if not why and 0 <= code < CRASHED:
            return code
        why = why or ("the controller crashed" if code == CRASHED else f"the controller was killed ({_death(code)})")
        # What was being asked to stop is over; the rollback is not.
        for number in _STOPPED_BY:
            signal.signal(number, signal.SIG_IGN)
        return rescue(why)
    finally:
        os.close(beats)
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen(child: int, beats: int, silence: float) -> str:
    while True:
        ready, _, _ = select.select([beats], [], [], silence)
        if not ready:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            return f"the controller said nothing for {silence:.0f} s and was killed"
        if not os.read(beats, 65536):
            return ""


def _death(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"
