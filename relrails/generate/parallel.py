"""The same work on many things, on every core."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_IT = 8
"""Items for each process below which starting it costs more than it saves."""


class WorkFailed(RuntimeError):  # noqa: N818 - it is what happened, and reads so where it is caught
    """A process that works for us has failed; the message is its own."""


def spread(work: Callable[[Item], Result], items: Sequence[Item], workers: int | None = None) -> Iterator[Result]:
    """Give the result of each item, in order.

    Processes are forked, so that items need not be pickled (quantities of our own registry cannot be); where there is
    no fork, or not enough to do, everything happens here.
    """
    count = min(len(items) // WORTH_IT, _cores()) if workers is None else workers
    if count < 2 or sys.platform in {"win32", "darwin"}:  # forking is not safe with macOS' own libraries
        for item in items:
            yield work(item)
        return
    gc.freeze()  # or the first collection in each process would copy every page
    try:
        with ExitStack() as held:
            receivers = _start(work, items, count, held)
            for index in range(len(items)):
                yield _receive(receivers[index % count])
    finally:
        gc.unfreeze()


def _start(
    work: Callable[[Item], Result], items: Sequence[Item], count: int, held: ExitStack
) -> "list[Connection[Any, Any]]":
    from multiprocessing import get_context  # 15 ms that a small fleet does not need

    context = get_context("fork")
    receivers: list[Connection[Any, Any]] = []
    for number in range(count):
        receiver, sender = context.Pipe(duplex=False)
        receivers.append(receiver)
        process = context.Process(target=_serve, args=(work, items[number::count], sender, tuple(receivers)))
        process.start()
        sender.close()
        held.callback(_end, process)
    for receiver in receivers:
        held.callback(receiver.close)  # before the processes are waited for: it is how they are told to stop
    return receivers


def _serve(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    sender: "Connection[Any, Any]",
    inherited: "tuple[Connection[Any, Any], ...]",
) -> None:
    """Send a pair for each item: its result, and how it failed."""
    # The parent alone may hold the other ends: when it dies, however it dies, sending fails and the process ends.
    for receiver in inherited:
        receiver.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        for item in items:
            try:
                answer = (work(item), "")
            except Exception:
                import traceback

                sender.send((None, traceback.format_exc()))
                return
            sender.send(answer)


def _receive(receiver: "Connection[Any, Any]") -> Any:
    try:
        result, failure = receiver.recv()
    except EOFError:
        msg = "a process ended in the middle of its work; was it killed for its memory?"
        raise WorkFailed(msg) from None
    if failure:
        raise WorkFailed(failure)
    return result


def _end(process: "ForkProcess") -> None:
    process.join(timeout=5)
    if process.is_alive():
        process.kill()
        process.join()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
