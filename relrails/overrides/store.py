"""A ledger of overrides: one line for each that is created, used or rejected, each with the hash of the line before.

Whoever can rewrite the whole file can rewrite history; a head that was told elsewhere, in the log of a pipeline, holds
them to it.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from relrails.judge.override import LONGEST, Kind, Override, rejected, unsound

FILE = "overrides.jsonl"
FIRST = "0" * 64

Event = Literal["created", "used", "rejected"]


class OverrideError(Exception):
    """An override cannot be kept, or the ledger cannot be believed; the message says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger."""

    event: Event
    at: float
    id: str
    what: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """What the overrides come to for one release: one that holds, and why others do not."""

    override: Override | None
    rejected: tuple[tuple[Override, str], ...]


class Store:
    """The ledger in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def create(self, override: Override) -> str:
        """Keep a new one; gives the head of the ledger. Raises OverrideError for one that could never hold."""
        wrong = unsound(override)
        if wrong:
            raise OverrideError(f"OVERRIDE_REJECTED: {wrong}")
        with self._locked():
            if override.id in {entry.id for entry in self.entries()}:
                raise OverrideError(f"there is an override {override.id} already")
            return self._append("created", override.created, override.id, asdict(override))

    def entries(self) -> tuple[Entry, ...]:
        """Read the ledger; raises OverrideError where its chain does not hold."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise OverrideError(f"{self.path} cannot be read: {error.strerror}") from error
        found, before = [], FIRST
        for number, line in enumerate(data.split(b"\n")[:-1], start=1):
            try:
                said = json.loads(line)
                entry = Entry(said["event"], float(said["at"]), str(said["id"]), said["what"])
                holds = said["previous"] == before and said["number"] == number
            except (ValueError, KeyError, TypeError) as error:
                raise OverrideError(f"line {number} of {self.path} cannot be read: {error}") from error
            if not holds:
                raise OverrideError(f"line {number} of {self.path} does not follow the line before it: it was edited")
            before = hashlib.sha256(line).hexdigest()
            found.append(entry)
        if data and not data.endswith(b"\n"):
            raise OverrideError(f"the last line of {self.path} is cut off")
        return tuple(found)

    def all(self) -> tuple[tuple[Override, bool], ...]:
        """Give every override, oldest first, and whether it was used."""
        entries = self.entries()
        used = {entry.id for entry in entries if entry.event == "used"}
        return tuple((_read(entry), entry.id in used) for entry in entries if entry.event == "created")

    def open(self, now: float, service: str) -> tuple[Override, ...]:
        """Give those of a service that could still be used."""
        return tuple(o for o, used in self.all() if not used and o.service == service and now < o.expires)

    def use(self, *, now: float, kinds: Sequence[Kind], service: str, artifact: str, for_: str) -> Held:
        """Use the oldest override that holds, and say why others do not; both are on record before it has an effect."""
        with self._locked():
            refused: list[tuple[Override, str]] = []
            known = self.all()
            used = {override.id for override, was in known if was}
            said = {entry.id for entry in self.entries() if entry.event == "rejected"}
            for override, _ in known:
                if override.service != service or override.kind not in kinds or override.id in used:
                    continue
                if now - override.expires > LONGEST:
                    continue  # Nobody means it any more.
                why = rejected(override, now=now, kinds=kinds, service=service, artifact=artifact, used=used)
                if not why:
                    self._append("used", now, override.id, {"for": for_, "artifact": artifact})
                    return Held(override, tuple(refused))
                refused.append((override, why))
                if override.id not in said:
                    self._append("rejected", now, override.id, {"why": why, "for": for_})
            return Held(None, tuple(refused))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise OverrideError(f"{self.path} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _append(self, event: Event, at: float, name: str, what: Mapping[str, Any]) -> str:
        try:
            lines = self.path.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            lines = []
        before = hashlib.sha256(lines[-1]).hexdigest() if lines else FIRST
        said = {"number": len(lines) + 1, "previous": before, "event": event, "at": at, "id": name, "what": what}
        line = json.dumps(said, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            try:
                size = os.fstat(descriptor).st_size
                if os.write(descriptor, line + b"\n") != len(line) + 1:
                    os.ftruncate(descriptor, size)
                    raise OverrideError(f"{self.path} cannot be written: is the disk full?")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise OverrideError(f"{self.path} cannot be written: {error.strerror}") from error
        return hashlib.sha256(line).hexdigest()


def _read(entry: Entry) -> Override:
    try:
        return Override(**entry.what)
    except TypeError as error:
        raise OverrideError(f"override {entry.id} cannot be read: {error}") from error
