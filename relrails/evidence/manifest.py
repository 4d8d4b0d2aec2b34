"""The manifest of a bundle: its files and their hashes, as `sha256sum -c MANIFEST.sha256` reads them."""

import re
from collections.abc import Mapping

from relrails.evidence.values import EvidenceError
from relrails.output.manifest import manifest_text, sha256
from relrails.output.paths import MANIFEST, shape_fault

__all__ = ["MANIFEST", "SEALS", "manifest_of", "read", "sha256"]

SEALS = ("attestation.dsse.json", "statement.intoto.json", "test-result.dsse.json", "test-result.intoto.json")
"""Files that speak of the manifest, and so cannot stand in it; the ledger holds their hashes."""
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """Print the manifest of these files."""
    return manifest_text({path: sha256(data) for path, data in files.items()}).encode()


def read(data: bytes) -> dict[str, str]:
    """Read a manifest; raises EvidenceError for a byte that is not as we print it, and a name that leads elsewhere."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{MANIFEST} is not UTF-8 at byte {error.start}") from None
    found: dict[str, str] = {}
    for number, entry in enumerate(text.removesuffix("\n").split("\n"), start=1):
        parts = _LINE.fullmatch(entry)
        if parts is None:
            raise EvidenceError(f"line {number} of {MANIFEST} is not a hash, two spaces and a name")
        fault = shape_fault(parts[2])
        if fault:
            raise EvidenceError(f"line {number} of {MANIFEST} names {parts[2]!a}: {fault}")
        found[parts[2]] = parts[1]
    if manifest_text(found) != text:
        raise EvidenceError(f"{MANIFEST} is not sorted, names a file twice, or does not end with its last line")
    return found
