"""Paths that may be written: below the folder, and the same file on every file system."""

import unicodedata
from collections.abc import Iterable, Iterator

MANIFEST = "MANIFEST.sha256"
STAGE = ".relrails-stage"
"""Where a run puts its files before it moves them; never the name of a file of ours."""
UNDECIDED = f"{MANIFEST}.undecided"

_RESERVED = {MANIFEST.casefold(), UNDECIDED.casefold()}
_LONGEST_NAME = 255  # bytes, on every common file system
_REFUSED = frozenset('\\:*?"<>|')  # Windows; the backslash also changes the format of sha256sum
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def shape_fault(path: str) -> str | None:
    """Say why a path cannot be written anywhere; None when it can."""
    if path.casefold() in _RESERVED:
        return "relrails keeps its list of all files there"
    if path.startswith("/"):
        return "it starts at the root of the file system"
    for part in path.split("/"):
        fault = _part_fault(part)
        if fault:
            return fault
    return None


def _part_fault(part: str) -> str | None:
    if part in {"", ".", ".."}:
        return f"it has a part '{part}', which does not name a file below the folder"
    if part.casefold() == STAGE:
        return f"{STAGE} is where relrails prepares its files"
    odd = next((c for c in part if c in _REFUSED or not c.isprintable()), None)
    if odd is not None:
        return f"it holds {odd!a}, which not every file system can keep"
    if part[-1] in " .":
        return f"'{part}' ends with {part[-1]!a}, which Windows drops"
    if part.split(".", maxsplit=1)[0].casefold() in _DEVICES:
        return f"'{part}' is a device on Windows"
    if len(part.encode("utf-8", errors="replace")) > _LONGEST_NAME:
        return f"'{part[:20]}…' is longer than {_LONGEST_NAME} bytes"
    return None


def same_file(path: str) -> str:
    """Give what two paths share when macOS or Windows keep them in one file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def collisions(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Find pairs that are one file, or one folder, where upper and lower case are the same."""
    spelled: dict[str, str] = {}
    told = set()
    for path in sorted(paths):
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            part = "/".join(parts[:depth])
            first = spelled.setdefault(same_file(part), part)
            if first != part and (first, part) not in told:
                told.add((first, part))
                yield first, part
