"""generated/ held against what would be written, without writing anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from relrails.output.folder import Folder, holds, look, look_kind
from relrails.output.manifest import manifest_text, read_manifest, sha256
from relrails.output.paths import MANIFEST, STAGE

if TYPE_CHECKING:
    from relrails.files import File


@dataclass(frozen=True, slots=True)
class Stale:
    """A file that is not what would be written."""

    path: str
    how: Literal["missing", "differs", "no longer made"]


def check(files: "Iterable[File]", out: Path) -> tuple[Stale, ...]:
    """Give everything that `write` would create, change or remove."""
    return tuple(Stale(path, _how(old, new)) for path, old, new in _differences(files, out))


def diff(files: "Iterable[File]", out: Path) -> Iterator[str]:
    """Give the unified diff from what is there to what would be written, line by line, as `git apply` reads it."""
    import difflib  # 8 ms that only a diff needs

    name = out.name or "generated"
    for path, old, new in _differences(files, out):
        yield from difflib.unified_diff(
            _lines(old),
            _lines(new),
            "/dev/null" if old is None else f"a/{name}/{path}",
            "/dev/null" if new is None else f"b/{name}/{path}",
        )


def intact(out: Path, manifest_sha256: str) -> bool:
    """Tell whether the folder is exactly what a manifest with this hash says, every file of it read again."""
    folder = Folder(out)
    manifest = look(folder.path(MANIFEST))
    if manifest.kind != "file" or sha256(manifest.data) != manifest_sha256:
        return False
    if look_kind(folder.path(STAGE)) != "nothing":  # a run was interrupted
        return False
    made = read_manifest(folder.path(MANIFEST))
    return all(holds(folder, path, hashes) for path, hashes in made.items())


def _differences(files: "Iterable[File]", out: Path) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    folder = Folder(out)
    hashes: dict[str, str] = {}
    for file in files:
        new = file.text.encode()
        hashes[file.path] = sha256(new)
        old = _data(folder, file.path)
        if old != new:
            yield file.path, old, new
    for path in sorted(read_manifest(folder.path(MANIFEST)).keys() - hashes.keys()):
        old = _data(folder, path)
        if old is not None:
            yield path, old, None
    old, new = _data(folder, MANIFEST), manifest_text(hashes).encode()
    if old != new:
        yield MANIFEST, old, new


def _data(folder: Folder, path: str) -> bytes | None:
    found = look(folder.path(path))
    return found.data if found.kind == "file" and folder.way_fault(path) is None else None


def _how(old: bytes | None, new: bytes | None) -> Literal["missing", "differs", "no longer made"]:
    if old is None:
        return "missing"
    return "no longer made" if new is None else "differs"


def _lines(data: bytes | None) -> list[str]:
    if data is None:
        return []
    lines = data.decode("utf-8", errors="surrogateescape").split("\n")
    ended = [f"{line}\n" for line in lines[:-1]]
    return [*ended, f"{lines[-1]}\n\\ No newline at end of file\n"] if lines[-1] else ended
