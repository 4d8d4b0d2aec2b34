"""A bundle read back from a folder that nobody vouches for: no link is followed, nothing outside is opened."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relrails.evidence.manifest import MANIFEST
from relrails.evidence.values import DECISION_SCHEMA, EvidenceError
from relrails.output.folder import look

ALWAYS = frozenset(
    {
        *("actions.jsonl", "decision.json", "event.cdevents.json", "policy.json", "queries.jsonl"),
        *("redactions.json", "report.md", "timeline.jsonl", "windows.jsonl"),
    }
)
"""Files that every bundle has, and its manifest lists."""
_DECISION: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("schema", "id", "service", "kind", "mode", "verdict", "state"), str),
    **dict.fromkeys(("policy_sha256", "env"), str),
    **dict.fromkeys(("window", "artifacts", "ids", "timings", "checks"), dict),
    "reasons": list,
    "drill": bool,
    **dict.fromkeys(("verdict_auto", "signer"), (str, type(None))),
}
_INSIDE: dict[str, dict[str, type | tuple[type, ...]]] = {
    "window": {"start": str, "end": str},
    "artifacts": {"canary": (dict, type(None)), "stable": (dict, type(None))},
    "timings": {"decided": str, **dict.fromkeys(("first_bad", "acted", "restored"), (str, type(None)))},
    "checks": {"passed": list, "failed": list},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """What is in a bundle's folder: its files by path, and the paths of what is no file at all."""

    files: dict[str, bytes]
    odd: tuple[str, ...]


def read(folder: Path) -> Stored:
    """Read a bundle's folder; raises EvidenceError where there is none."""
    if not folder.is_dir():
        raise EvidenceError(f"there is no folder {folder}; fix: name the folder that holds decision.json")
    files, odd = {}, []
    pending = [folder]
    while pending:
        for entry in sorted(pending.pop().iterdir()):
            path, found = entry.relative_to(folder).as_posix(), look(entry)
            if found.kind == "folder":
                pending.append(entry)
                if not any(entry.iterdir()):
                    odd.append(path)
            elif found.kind == "file":
                files[path] = found.data
            else:
                odd.append(path)
    if not {MANIFEST, "decision.json"} & files.keys():
        raise EvidenceError(f"{folder} is no bundle: it has neither {MANIFEST} nor decision.json")
    return Stored(files=files, odd=tuple(sorted(odd)))


def decision(data: bytes) -> dict[str, Any]:
    """Read decision.json; raises EvidenceError for any field that is missing, unknown or of another type."""
    found = document(data, "decision.json")
    if not isinstance(found, dict) or found.get("schema") != DECISION_SCHEMA:
        raise EvidenceError(f"decision.json is not of the schema {DECISION_SCHEMA}")
    _fields(found, _DECISION, "decision.json")
    for name, inside in _INSIDE.items():
        _fields(found[name], inside, f"decision.json#/{name}")
    for name, artifact in found["artifacts"].items():
        if artifact is not None:
            _fields(artifact, {"name": str, "digest": str}, f"decision.json#/artifacts/{name}")
    for number, reason in enumerate(found["reasons"]):
        if not isinstance(reason, dict) or not {"code", "class", "text"} <= reason.keys():
            raise EvidenceError(f"decision.json#/reasons/{number} has no code, class and text")
    return found


def document(data: bytes, name: str) -> Any:
    """Read JSON; raises EvidenceError."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise EvidenceError(f"{name} is not JSON") from None


def entries(data: bytes, name: str) -> list[Any]:
    """Read one JSON value a line; raises EvidenceError."""
    if data and not data.endswith(b"\n"):
        raise EvidenceError(f"{name} does not end with its last line: it was cut")
    lines = data.removesuffix(b"\n").split(b"\n") if data else []
    return [document(line, f"line {number} of {name}") for number, line in enumerate(lines, start=1)]


def _fields(found: Any, wanted: dict[str, type | tuple[type, ...]], place: str) -> None:
    if not isinstance(found, dict):
        raise EvidenceError(f"{place} is not an object")
    for name in sorted(wanted.keys() ^ found.keys()):
        raise EvidenceError(f"{place} has {'no' if name in wanted else 'an unknown'} field {name!a}")
    for name, kind in wanted.items():
        if not isinstance(found[name], kind):
            raise EvidenceError(f"{place}/{name} is a {type(found[name]).__name__}")
