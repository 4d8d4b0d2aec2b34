"""The ledger beside all bundles: one line each, and each line holds the hash of the one before it.

It shows that a bundle was changed, removed from the middle or slipped in later. Whoever can rewrite the whole folder
can rewrite the ledger too: only a head that was told elsewhere (a CI log, a commit, an event) holds them to it.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relrails.evidence.manifest import MANIFEST, SEALS, sha256
from relrails.evidence.printing import line

LEDGER = "ledger.jsonl"
FIRST = "0" * 64
"""What the first line names as the hash of the line before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger, as bytes without its end, and counted from 1."""

    number: int
    data: bytes


def head(root: Path) -> str:
    """Give the hash of the last line: what to tell elsewhere, so that nobody can rewrite the ledger unseen."""
    return last(read(root))


def last(data: bytes) -> str:
    """Give the hash of the last line of a ledger."""
    found = data.removesuffix(b"\n")
    return sha256(found.rpartition(b"\n")[2]) if found else FIRST


def read(root: Path) -> bytes:
    """Read the ledger; nothing where there is none yet."""
    try:
        return (root / LEDGER).read_bytes()
    except FileNotFoundError:
        return b""


def entries(data: bytes) -> Iterator[Entry]:
    """Give the lines of a ledger; what follows the last line's end is a line too, unless it is nothing."""
    for number, found in enumerate(data.removesuffix(b"\n").split(b"\n") if data else [], start=1):
        yield Entry(number, found)


def entry(number: int, previous: str, path: str, decision: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """Make the line of a bundle: nothing in it but what follows from the bundle and the line before."""
    return line(
        {
            "number": number,
            "previous": previous,
            "path": path,
            "id": decision["id"],
            "verdict": decision["verdict"],
            "decided": decision["timings"]["decided"],
            "manifest": sha256(files[MANIFEST]),
            "seals": {name: sha256(files[name]) for name in SEALS if name in files},
        }
    )


def append(root: Path, added: bytes) -> None:
    """Add a line, and wait until a power cut cannot lose it.

    Where the last line has no end, somebody has cut it: it gets one, and stays there to be found.
    """
    before = read(root)
    mend = b"" if not before or before.endswith(b"\n") else b"\n"
    descriptor = os.open(root / LEDGER, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        data = mend + added + b"\n"
        written = os.write(descriptor, data)
        if written != len(data):
            os.ftruncate(descriptor, len(before))
            msg = f"{LEDGER} took {written} of {len(data)} bytes: is the disk full?"
            raise OSError(msg)
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, len(before))
        raise
    finally:
        os.close(descriptor)
