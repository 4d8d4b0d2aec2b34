"""Writing all files or none: everything is prepared first, and one rename decides.

A run puts its new files into a folder beside them, and last of all the new manifest. Until that is there, nothing has
been touched: whatever ends the run before leaves the old tree. From then on the run can only be completed: the files
are renamed into their places, what is no longer made is removed, and the manifest comes last. A run that is
interrupted in the middle of that is completed by the next one, from the same folder.
"""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from relrails.output import refusal
from relrails.output.commit import complete, decide, forget, make_folder, prepare
from relrails.output.folder import Folder, Found, holds, look, look_kind, obstacle
from relrails.output.lock import alone
from relrails.output.manifest import manifest_text, read_manifest, sha256
from relrails.output.paths import MANIFEST, STAGE, collisions, shape_fault
from relrails.problems import Problem

if TYPE_CHECKING:
    from relrails.files import File


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the new tree: what became of it, or why it must not be written."""

    path: str
    sha256: str
    how: Literal["created", "changed", "unchanged"]
    refused: Problem | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What a run has done; paths are sorted."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    manifest_sha256: str


def write(files: "Iterable[File]", out: Path, *, force: bool = False) -> Written:
    """Make a folder hold these files; raises Refused, having changed nothing, where that would harm others' files."""
    with Writing(out, force=force) as writing:
        return writing.commit([writing.add(file) for file in files])


class Writing:
    """One run: `add` every file of the new tree, then `commit`; leaving without it leaves the old tree.

    `add` may be called in forked processes, as long as `commit` sees all entries.
    """

    def __init__(self, out: Path, *, force: bool = False) -> None:
        self._out, self._force = out, force
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self._folder = Folder(self._out)
        kind = look_kind(self._folder.out)
        with ExitStack() as held:
            if kind == "nothing":
                make_folder(self._folder.out)
                held.callback(_remove_empty, self._folder.out)
            elif kind != "folder":
                raise refusal.Refused([refusal.in_the_way(self._folder.out, "not a folder")])
            held.enter_context(alone(self._folder.out))
            complete(self._folder)
            held.callback(forget, self._folder)
            self._made = read_manifest(self._folder.path(MANIFEST))
            self._held = held.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def add(self, file: "File") -> Entry:
        """Compare a file with what is there, and prepare it where it differs."""
        data = file.text.encode()
        digest = sha256(data)
        fault = shape_fault(file.path)
        if fault is not None:
            refused = refusal.unsafe_path(self._folder.out, file.path, fault)
            return Entry(file.path, digest, "created", refused)
        found = look(self._folder.path(file.path))
        problem = self._add_fault(file.path, found, data)
        if problem is None and found == Found("file", data):
            return Entry(file.path, digest, "unchanged")
        if problem is None:
            # A power cut must not leave an empty file where a good one was; where nothing was, the manifest tells.
            prepare(self._folder.path(f"{STAGE}/{file.path}"), data, sync=found.kind != "nothing")
        return Entry(file.path, digest, "created" if found.kind == "nothing" else "changed", problem)

    def keep(self, files: Mapping[str, str]) -> list[Entry] | None:
        """Take files by their hashes as they are; None unless every one is there and has its hash."""
        if all(holds(self._folder, path, frozenset({digest})) for path, digest in files.items()):
            return [Entry(path, digest, "unchanged") for path, digest in files.items()]
        return None

    def _add_fault(self, path: str, found: Found, data: bytes) -> Problem | None:
        place = self._folder.path(path)
        fault = self._folder.way_fault(path) or obstacle(place, found.kind)
        ours = path in self._made or found in {Found("nothing"), Found("file", data)}
        return fault if fault is not None or ours or self._force else refusal.not_ours(place)

    def commit(self, entries: Iterable[Entry]) -> Written:
        """Make the tree what was added, nothing less and nothing more."""
        entries = sorted(entries, key=lambda e: e.path)
        hashes = {entry.path: entry.sha256 for entry in entries}
        gone = tuple(path for path in sorted(self._made.keys() - hashes.keys()) if self._is_there(path))
        problems = [*self._faults(entries, hashes), *self._prune_faults(gone, hashes)]
        if problems:
            raise refusal.Refused(problems)
        manifest = manifest_text(hashes).encode()
        touched = any(entry.how != "unchanged" for entry in entries)
        if touched or gone or look(self._folder.path(MANIFEST)) != Found("file", manifest):
            decide(self._folder, manifest)
        named = {how: tuple(e.path for e in entries if e.how == how) for how in ("created", "changed", "unchanged")}
        return Written(**named, removed=gone, manifest_sha256=sha256(manifest))

    def _is_there(self, path: str) -> bool:
        return look_kind(self._folder.path(path)) != "nothing"

    def _faults(self, entries: list[Entry], hashes: dict[str, str]) -> list[Problem]:
        found = [entry.refused for entry in entries if entry.refused is not None]
        twice = sorted({a.path for a, b in pairwise(entries) if a.path == b.path})
        found += [refusal.twice(self._folder.out, path) for path in twice]
        sound = [path for path in hashes if shape_fault(path) is None]
        found += [refusal.collision(self._folder.out, *pair) for pair in collisions(sound)]
        return found

    def _prune_faults(self, gone: tuple[str, ...], hashes: dict[str, str]) -> list[Problem]:
        if gone and not self._force and not self._made.keys() & hashes.keys():
            return [refusal.other_manifest(self._folder.path(MANIFEST), len(self._made))]
        found = []
        for path in gone:
            place = self._folder.path(path)
            there = look(place)
            fault = self._folder.way_fault(path) or obstacle(place, there.kind)
            changed = there.kind != "file" or sha256(there.data) not in self._made[path]
            if fault is None and changed and not self._force:
                fault = refusal.edited(place)
            if fault is not None:
                found.append(fault)
        return found


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
