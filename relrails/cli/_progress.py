"""A progress bar, where work is long and somebody is watching."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

LONG = 20
"""Steps below which the work is over before a bar could be read."""


@contextmanager
def progress(label: str) -> Iterator["Progress | None"]:
    """Give what a long piece of work tells how far it is; None where nobody would see it."""
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as shown:
        yield Progress(label, shown)


class Progress:
    """Shows a bar once there is enough to do."""

    def __init__(self, label: str, shown: ExitStack) -> None:
        self._label, self._shown = label, shown
        self._bar: Any = None
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        """Hear that `done` of `total` steps are over."""
        if total < LONG:
            return
        if self._bar is None:
            bar = click.progressbar(length=total, label=self._label, file=sys.stderr)
            self._bar = self._shown.enter_context(bar)
        self._bar.update(done - self._done)
        self._done = done
