"""The ledger held against the bundles beside it: every line, and the hash of the line before."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from relrails.evidence import ledger, reading
from relrails.evidence.ledger import LEDGER
from relrails.evidence.manifest import sha256
from relrails.evidence.values import EvidenceError
from relrails.output.folder import look_kind
from relrails.output.paths import shape_fault

Answer = tuple[bool | None, str]


def check(
    file: Path, path: str, decision: Mapping[str, Any], files: Mapping[str, bytes], head: str | None
) -> Iterator[Answer]:
    """Say whether the bundle at `path` has its line, and whether the chain up to the last line holds."""
    if look_kind(file) != "file":
        yield None, f"there is no ledger at {file}; fix: --ledger FILE"
        return
    data, root = file.read_bytes(), file.parent
    faults = [f"{LEDGER} does not end with its last line: it was cut"] if not data.endswith(b"\n") else []
    hashes, listed = [], []
    previous = ledger.FIRST
    for line in ledger.entries(data):
        named, fault = _line(root, line, previous, {path: (decision, files)})
        faults += [f"line {line.number} of {LEDGER}: {fault}"] if fault else []
        listed.append(named)
        previous = sha256(line.data)
        hashes.append(previous)
    if path not in listed:
        faults.append(f"{path} is not in {LEDGER}: its line was cut off, or it was slipped in")
    faults += [f"{other} is not in {LEDGER}: it was cut" for other in _bundles(root) if other not in listed]
    faults += [f"{twice} is in {LEDGER} twice" for twice in sorted({p for p in listed if p and listed.count(p) > 1})]
    if head is not None and head not in hashes:
        faults.append(f"no line of {LEDGER} has the hash {head[:16]}…, which was told elsewhere")
    yield from ((False, fault) for fault in faults)
    if not faults:
        yield True, f"line {listed.index(path) + 1} of {len(listed)}, head {previous}"


def _line(
    root: Path,
    line: ledger.Entry,
    previous: str,
    known: Mapping[str, tuple[Mapping[str, Any], Mapping[str, bytes]]],
) -> tuple[str, str | None]:
    """Give the bundle that a line names, and what is wrong with it."""
    try:
        told = json.loads(line.data)
        named = told["path"]
        parts = named.split("/")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", "it is not an entry"
    if shape_fault(named) or len(parts) != 2 or named.startswith("."):
        return "", f"it names {named!a}, which is no bundle"
    if told.get("previous") != previous or told.get("number") != line.number:
        return named, "it does not follow the line before"
    if named in known:
        decision, files = known[named]
    elif look_kind(root / parts[0]) == "folder" and look_kind(root / named) == "folder":
        try:
            files = reading.read(root / named).files
            decision = reading.decision(files.get("decision.json", b""))
        except (EvidenceError, OSError):
            return named, f"the bundle {named} cannot be read"
    else:
        return named, None  # kept elsewhere by now; the chain still holds its hash
    try:
        again = ledger.entry(line.number, previous, named, decision, files)
    except KeyError:
        again = b""
    return named, None if again == line.data else f"it is not the line of {named}"


def _bundles(root: Path) -> Iterator[str]:
    for service in sorted(root.iterdir()):
        if service.name.startswith(".") or look_kind(service) != "folder":
            continue
        for bundle in sorted(service.iterdir()):
            if look_kind(bundle) == "folder" and look_kind(bundle / "decision.json") == "file":
                yield f"{service.name}/{bundle.name}"
