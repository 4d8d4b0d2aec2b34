"""The memory of a run on disk: every event before anything is done about it, so that a run that was killed is known.

A file of lines, each one value, each synced before the next thing happens. What was cut off in the middle of a line did
not happen. From the events the judge gives the same state again; the last marks say what has been counted.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self


class BusyError(Exception):
    """Another controller watches this service."""


class JournalError(Exception):
    """A journal cannot be read; the message says where it is."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a journal holds: who began the run and with what, and all entries since."""

    head: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]


class Journal:
    """The journal of a service, held by one controller at a time."""

    def __init__(self, folder: Path, service: str) -> None:
        self.folder, self.service = folder, service
        self.path = folder / f"{service}.jsonl"
        self._lock: int | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.folder / f"{self.service}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            self._lock = None
            raise BusyError(f"another controller watches the canary of {self.service}: {self.path}") from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def begin(self, head: Mapping[str, Any]) -> None:
        """Start the journal of a new run."""
        _append(self.path, head, fresh=True)
        _sync(self.folder)

    def append(self, entry: Mapping[str, Any]) -> None:
        """Add an entry, and wait until a power cut cannot lose it."""
        _append(self.path, entry, fresh=False)

    def read(self) -> Written | None:
        """Give the run that is not over; None where there is none. Raises JournalError."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        whole, _, cut = data.rpartition(b"\n")
        if not whole:
            return None  # Killed before the run had begun: nothing was done.
        if cut:
            with self.path.open("r+b") as file:
                file.truncate(len(whole) + 1)
        try:
            head, *entries = (json.loads(line) for line in whole.split(b"\n"))
        except ValueError as error:
            raise JournalError(
                f"{self.path} is damaged ({error}); fix: roll back by hand, then move it away"
            ) from error
        return Written(head, tuple(entries))

    def close(self, run: str) -> Path:
        """Put the journal of a run that is over beside those of earlier ones."""
        done = self.folder / "done" / f"{self.service}-{run}.jsonl"
        done.parent.mkdir(parents=True, exist_ok=True)
        self.path.replace(done)
        _sync(self.folder)
        return done


def _append(path: Path, value: Mapping[str, Any], *, fresh: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if fresh else os.O_APPEND)
    line = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode() + b"\n"
    descriptor = os.open(path, flags, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        if os.write(descriptor, line) != len(line):
            os.ftruncate(descriptor, size)
            raise OSError(f"{path} cannot be written: is the disk full?")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
