"""What the last run did, so that the next one does only what has changed; never believed without a look at the files.

A memory that cannot be read, or whose checksum is wrong, is as good as none.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from relrails.output import sha256
from relrails.problems import Label, Problem, Severity
from relrails.source import Span

FOLDER = ".relrails-cache"
_FORMAT = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """The files of one service, or of all together, and the hash of what they were made from."""

    key: str
    files: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """One successful run."""

    engine: str
    today: str
    inputs: Mapping[str, str]
    manifest: str
    services: int
    problems: tuple[Problem, ...]
    pieces: Mapping[str, Piece] = field(default_factory=dict)


def place(services_dir: Path, out: Path) -> Path:
    """Give the file that remembers runs of this folder into that one, beside the services."""
    key = sha256(f"{os.path.abspath(services_dir)}\n{os.path.realpath(out)}".encode())  # noqa: PTH100 - as given
    return services_dir.absolute().parent / FOLDER / f"generate-{key[:16]}.json"


def remember(file: Path, memory: Memory) -> None:
    """Keep a run; a folder that cannot be written to is no reason to fail."""
    said = asdict(memory)
    said["problems"] = [{**asdict(p), "severity": p.severity.value} for p in memory.problems]
    body = json.dumps(said, sort_keys=True)
    try:
        file.parent.mkdir(exist_ok=True)
        (file.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        temporary = file.with_suffix(f".{os.getpid()}")
        temporary.write_text(f"{_FORMAT} {sha256(body.encode())}\n{body}", encoding="utf-8")
        temporary.replace(file)
    except OSError:
        return


def recall(file: Path) -> Memory | None:
    """Read the last run; None when there was none, or it cannot be trusted."""
    try:
        head, _, body = file.read_bytes().decode().partition("\n")
        if head != f"{_FORMAT} {sha256(body.encode())}":
            return None
        said = json.loads(body)
        said["problems"] = tuple(_problem(p) for p in said["problems"])
        said["pieces"] = {name: Piece(**piece) for name, piece in said["pieces"].items()}
        return Memory(**said)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _problem(said: dict[str, Any]) -> Problem:
    labels = tuple(Label(_span(label["span"]), label["text"]) for label in said.pop("labels"))
    return Problem(severity=Severity(said.pop("severity")), labels=labels, **said)


def _span(said: dict[str, Any]) -> Span:
    above = said.pop("called_from")
    return Span(**said, called_from=None if above is None else _span(above))
