"""A pack: a zip file with the investigation, a manifest of what it is, and checksums that `sha256sum -c` reads."""

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
CHECKSUMS = "MANIFEST.sha256"
# The oldest moment that a zip file can hold: equal contents make equal packs.
MOMENT = (1980, 1, 1, 0, 0, 0)


class BrokenPackError(Exception):
    """A pack does not agree with its own checksums."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack on disk."""

    file: Path
    bytes: int
    sha256: str


def write(file: Path, about: Mapping[str, Any], documents: Mapping[str, Any]) -> Pack:
    """Build a pack beside its place, read it back, and only then put it there."""
    contents = {name: _json(document) for name, document in sorted(documents.items())}
    listed = [{"name": name, "bytes": len(content), "sha256": _sha256(content)} for name, content in contents.items()]
    contents[MANIFEST] = _json({**about, "files": listed})
    sums = "".join(f"{_sha256(content)}  {name}\n" for name, content in sorted(contents.items()))
    contents[CHECKSUMS] = sums.encode()
    unfinished = file.with_suffix(".unfinished")
    try:
        with unfinished.open("wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in contents.items():
                    entry = zipfile.ZipInfo(name, MOMENT)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, content)
            raw.flush()
            os.fsync(raw.fileno())
        verify(unfinished)
        written = unfinished.read_bytes()
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return Pack(file, len(written), _sha256(written))


def verify(file: Path) -> None:
    """Hold every file of a pack against the checksums in it; raises BrokenPackError."""
    try:
        with zipfile.ZipFile(file) as archive:
            lines = [line.split("  ", 1) for line in archive.read(CHECKSUMS).decode().splitlines()]
            sums = {name: checksum for checksum, name in lines}
            names = set(archive.namelist()) - {CHECKSUMS}
            if names != set(sums):
                raise BrokenPackError(f"its checksums list {sorted(sums)} and it holds {sorted(names)}")
            for name, checksum in sums.items():
                if _sha256(archive.read(name)) != checksum:
                    raise BrokenPackError(f"{name} does not have the checksum that {CHECKSUMS} gives")
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BrokenPackError(str(error)) from error


def _json(document: Any) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
