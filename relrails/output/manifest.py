"""The manifest: every file that relrails made, with its hash, as `sha256sum -c MANIFEST.sha256` reads it."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from relrails.output.paths import shape_fault

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def sha256(data: bytes) -> str:
    """Give the hash that stands in the manifest."""
    return hashlib.sha256(data).hexdigest()


def manifest_text(hashes: Mapping[str, str]) -> str:
    """Print a manifest, sorted by path."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))


def read_manifest(file: Path) -> dict[str, frozenset[str]]:
    """Read what was once made: each path with its hashes, more than one where two branches were merged.

    Lines that are no entries (the marks of a merge conflict) and paths that lead elsewhere are left out: what is not
    in the manifest is never removed.
    """
    try:
        text = file.read_bytes().decode("utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    found: dict[str, frozenset[str]] = {}
    for line in text.split("\n"):
        entry = _LINE.fullmatch(line)
        if entry and shape_fault(entry[2]) is None:
            found[entry[2]] = found.get(entry[2], frozenset()) | {entry[1]}
    return found
