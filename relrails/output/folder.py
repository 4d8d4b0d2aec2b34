"""What is on disk, looked at without following links."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from relrails.output.manifest import sha256
from relrails.output.refusal import in_the_way, linked
from relrails.problems import Problem

Kind = Literal["nothing", "file", "link", "folder", "special"]
_SPOKEN: dict[Kind, str] = {"folder": "a folder", "special": "neither a file nor a folder", "file": "a file"}


@dataclass(frozen=True, slots=True)
class Found:
    """What is at a path; `data` is what a regular file holds."""

    kind: Kind
    data: bytes = b""


def look(path: Path) -> Found:
    """Look at a path; a link is a link, wherever it leads."""
    kind = look_kind(path)
    return Found(kind, path.read_bytes()) if kind == "file" else Found(kind)


class Folder:
    """The folder that is written; remembers which of its own folders are real ones."""

    def __init__(self, out: Path) -> None:
        self.out = Path(os.path.realpath(out))
        self._real: set[Path] = {self.out}

    def path(self, path: str) -> Path:
        """Give the place of one of our paths."""
        return self.out.joinpath(*path.split("/"))

    def way_fault(self, path: str) -> Problem | None:
        """Say what stands between the folder and a path: a link, or a file where a folder must be."""
        here = self.out
        for part in path.split("/")[:-1]:
            here /= part
            if here in self._real:
                continue
            kind = look_kind(here)
            if kind == "nothing":
                return None
            if kind == "link":
                return linked(here)
            if kind != "folder":
                return in_the_way(here, _SPOKEN[kind])
            self._real.add(here)
        return None


def look_kind(path: Path) -> Kind:
    """Look at a path without reading it."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "nothing"
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "special"


def obstacle(path: Path, kind: Kind) -> Problem | None:
    """Say what is at the place of a file, if nobody may take it away."""
    return in_the_way(path, _SPOKEN[kind]) if kind in {"folder", "special"} else None


def holds(folder: Folder, path: str, hashes: frozenset[str]) -> bool:
    """Tell whether a file is there with one of these hashes."""
    found = look(folder.path(path))
    return found.kind == "file" and sha256(found.data) in hashes and folder.way_fault(path) is None
