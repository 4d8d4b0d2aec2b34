"""What an index holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

INDEX = "index.json"
PAGE = "index.md"
SCHEMA = "relrails.dev/evidence-index/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """A condition on which the sprint ends: a short name for it, and its sentence."""

    id: str
    says: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A file, or the folder of a bundle: what it is, what it shows, and for which gates it is proof.

    `holds` are values that must be in it, by JSON pointer: `{"/verdict": "BLOCK"}`. For a bundle they are those of its
    decision.json.
    """

    path: str
    kind: str
    shows: str
    gates: Sequence[str] = ()
    holds: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """One folder of evidence, with its gates and its files."""

    title: str
    gates: Sequence[Gate]
    entries: Sequence[Entry]
