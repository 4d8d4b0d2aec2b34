"""What the runner did, a line of JSON for each event; where the disk is full, lines wait until it is not."""

import json
import os
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

from relrails.live.probe.report import when

KEPT = 10_000
"""Lines that wait; then the oldest are lost, which is counted and said."""


class Log:
    """Appends to a file, or to standard output where there is none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file = _opened(path)
        self._waiting: deque[bytes] = deque()
        self._lost = 0
        self.fault = ""
        """Why lines wait; empty where none do."""

    def event(self, kind: str, **fields: Any) -> None:
        """Write an event. Whoever calls has redacted it."""
        said = {"time": when(time.time()), "event": kind, **fields}
        # ASCII, because some readers of lines also end one at signs such as U+2028.
        self._waiting.append(json.dumps(said, separators=(",", ":")).encode() + b"\n")
        if len(self._waiting) > KEPT:
            self._waiting.popleft()
            self._lost += 1
        self.flush()

    def flush(self) -> None:
        """Write what waits; a fault is said once, when it begins and when it ends."""
        try:
            while self._waiting:
                line = self._waiting[0]
                written = os.write(self._file, line)
                self._waiting.popleft()
                if written < len(line):
                    self._waiting.appendleft(line[written:])
        except OSError as error:
            if not self.fault:
                self.fault = error.strerror or str(error)
                _say(f"the log cannot be written, its lines wait: {self.fault}")
            return
        if self.fault:
            lost, self.fault, self._lost = self._lost, "", 0
            _say(f"the log can be written again; {lost} lines are lost")
            self.event("log_restored", lost=lost)

    def reopen(self) -> None:
        """Open the file again, after it was moved away."""
        if self._path is None:
            return
        try:
            fresh = _opened(self._path)
        except OSError as error:
            _say(f"{self._path} cannot be opened again: {error.strerror}; the file from before is written on")
            return
        os.close(self._file)
        self._file = fresh

    def close(self) -> None:
        """Write what waits, and say what could not be."""
        self.flush()
        if self._waiting:
            _say(f"{len(self._waiting)} lines of the log could not be written: {self.fault}")
        if self._path is not None:
            os.close(self._file)


def _opened(path: Path | None) -> int:
    if path is None:
        return sys.__stdout__.fileno() if sys.__stdout__ is not None else 1
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)


def _say(text: str) -> None:
    print(f"relrails: {text}", file=sys.stderr, flush=True)  # noqa: T201 - stderr is talk
