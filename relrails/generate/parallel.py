"""The same work on many things, or two different works, on every core.

Processes are forked, so that nothing need be pickled but results (quantities of our own registry cannot be), and by
hand: to import `multiprocessing` takes longer than to fork, and two services are rendered in the time of ten such
imports. Where there is no fork, or not enough to do, everything happens here.
"""

import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, BinaryIO, NoReturn, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_IT = 8
"""Items for each process below which starting it costs more than it saves."""


class WorkFailed(RuntimeError):  # noqa: N818 - it is what happened, and reads so where it is caught
    """A process that works for us has failed; the message is its own."""


def processes(items: int) -> int:
    """Give how many processes are worth starting for so many items."""
    return min(items // WORTH_IT, _cores())


def spread(work: Callable[[Item], Result], items: Sequence[Item], workers: int | None = None) -> Iterator[Result]:
    """Give the result of each item, in order."""
    count = processes(len(items)) if workers is None else workers
    if count < 2:
        for item in items:
            yield work(item)
        return
    gc.freeze()  # or the first collection in each process would copy every page
    try:
        with ExitStack() as held:
            receivers: list[BinaryIO] = []
            for number in range(count):
                receivers.append(held.enter_context(_process(work, items[number::count], receivers)))
            for index in range(len(items)):
                yield _receive(receivers[index % count])
    finally:
        gc.unfreeze()


@contextmanager
def aside(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Begin a piece of work beside us; gives what waits for its result."""
    if _cores() < 2:
        yield work
        return
    with _process(lambda begin: begin(), (work,)) as receiver:
        yield lambda: _receive(receiver)


@contextmanager
def _process(
    work: Callable[[Item], Result], items: Sequence[Item], inherited: Sequence[BinaryIO] = ()
) -> Iterator[BinaryIO]:
    """Start a process that works, and give what its answers are read from; it ends with the block."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _serve(work, items, writing, inherited)
    os.close(writing)
    try:
        with open(reading, "rb") as receiver:  # noqa: PTH123 - a descriptor has no path
            yield receiver
    finally:
        # It has sent all that it was asked for, or nobody wants the rest; what it wrote is thrown away without commit.
        with suppress(ProcessLookupError, ChildProcessError):  # reaped already, where SIGCHLD is ignored
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _serve(
    work: Callable[[Item], Result], items: Sequence[Item], writing: int, inherited: Sequence[BinaryIO]
) -> NoReturn:
    """Send a pair for each item: its result, and how it failed; never come back to what the parent was doing."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # The parent alone may hold the other ends: when it dies, however it dies, sending fails and the process ends.
        for receiver in inherited:
            receiver.close()
        with open(writing, "wb") as sender, suppress(BrokenPipeError):
            for answer in _answers(work, items):
                pickle.dump(answer, sender)
                sender.flush()
    finally:
        os._exit(0)


def _answers(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[Result | None, str]]:
    for item in items:
        try:
            answer = (work(item), "")
        except Exception:
            import traceback

            yield None, traceback.format_exc()
            return
        yield answer


def _receive(receiver: BinaryIO) -> Any:
    try:
        result, failure = pickle.load(receiver)  # noqa: S301 - nobody else writes into a pipe of ours
    except (EOFError, pickle.UnpicklingError):
        msg = "a process ended in the middle of its work; was it killed for its memory?"
        raise WorkFailed(msg) from None
    if failure:
        raise WorkFailed(failure)
    return result


def _cores() -> int:
    """Give how many processes may work at once; one where a fork could go wrong."""
    # macOS' own libraries do not bear it; nor does a process with threads, whose locks it would copy as they are held.
    if sys.platform in {"win32", "darwin"} or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
