"""A folder of evidence while it is filled: each file goes in with what it is, what it shows and what it is proof of."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from relrails.dossier import Entry, Folder, Gate, write_index


class Place:
    """One folder; `hidden` are texts of this machine, and what stands in their place."""

    def __init__(self, folder: Path, title: str, gates: Sequence[Gate], hidden: Mapping[str, str]) -> None:
        self.folder, self._title, self._gates, self._hidden = folder, title, gates, hidden
        self._entries: list[Entry] = []
        folder.mkdir(parents=True)

    def text(self, path: str, content: str, kind: str, shows: str, *gates: str, **holds: Any) -> None:
        """Write a file; `holds` are values of its top level that must be in it."""
        for found, instead in self._hidden.items():
            content = content.replace(found, instead)
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
        self.note(path, kind, shows, *gates, **holds)

    def json(self, path: str, value: Any, shows: str, *gates: str, **holds: Any) -> None:
        """Write a JSON value."""
        self.text(path, json.dumps(value, indent=2, sort_keys=True) + "\n", "json", shows, *gates, **holds)

    def jsonl(self, path: str, values: Sequence[Any], shows: str, *gates: str) -> None:
        """Write JSON values, one a line."""
        lines = "".join(json.dumps(value, sort_keys=True) + "\n" for value in values)
        self.text(path, lines, "jsonl", shows, *gates)

    def copy(self, source: Path, path: str, kind: str, shows: str, *gates: str) -> None:
        """Copy a text file."""
        self.text(path, source.read_text(encoding="utf-8"), kind, shows, *gates)

    def keep(self, source: Path, path: str, kind: str, shows: str, *gates: str, **holds: Any) -> None:
        """Copy a folder, or a file, byte for byte: what is signed for must not be touched."""
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, self.folder / path)
        self.note(path, kind, shows, *gates, **holds)

    def note(self, path: str, kind: str, shows: str, *gates: str, **holds: Any) -> None:
        """Say what a file is that is there already."""
        pointers = {f"/{name}": value for name, value in holds.items()}
        self._entries.append(Entry(path=path, kind=kind, shows=shows, gates=gates, holds=pointers))

    def close(self) -> None:
        """Write the index."""
        write_index(self.folder, Folder(title=self._title, gates=self._gates, entries=self._entries))
