"""Writing the index of a folder: for programs as JSON, for people as Markdown. No time and no host is in it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from relrails.dossier.kinds import KINDS
from relrails.dossier.values import INDEX, PAGE, SCHEMA, Folder
from relrails.files import json_text
from relrails.render.runbook.markdown import code, link, words


def write_index(place: Path, folder: Folder) -> None:
    """Write index.json and index.md into a folder; raises ValueError for a kind or a gate that there is not."""
    known = {gate.id for gate in folder.gates}
    for entry in folder.entries:
        if entry.kind not in KINDS:
            raise ValueError(f"{entry.path} is of the kind {entry.kind!a}; there are: {', '.join(sorted(KINDS))}")
        odd = sorted(set(entry.gates) - known)
        if odd:
            raise ValueError(f"{entry.path} is proof of {odd[0]!a}, and {place.name} has no such gate")
    told = as_json(folder)
    (place / INDEX).write_text(json_text(told), encoding="utf-8")
    (place / PAGE).write_text(page(told), encoding="utf-8")


def write_root(root: Path, title: str, folders: Mapping[str, str]) -> None:
    """Write index.md above the folders, each with a sentence on what is in it."""
    lines = [f"- {link(name, f'{quote(name)}/{PAGE}')}: {words(says)}" for name, says in folders.items()]
    check = f"`relrails evidence check {root.name}` holds every file against what its index says of it."
    (root / PAGE).write_text("\n".join([f"# {words(title)}", "", *lines, "", check, ""]), encoding="utf-8")


def as_json(folder: Folder) -> dict[str, Any]:
    """Give an index as values; its files are sorted."""
    return {
        "schema": SCHEMA,
        "title": folder.title,
        "gates": [{"id": gate.id, "says": gate.says} for gate in folder.gates],
        "entries": [
            {
                "path": entry.path,
                "kind": entry.kind,
                "shows": entry.shows,
                "gates": sorted(entry.gates),
                "holds": dict(entry.holds),
            }
            for entry in sorted(folder.entries, key=lambda e: e.path)
        ],
    }


def page(told: Mapping[str, Any]) -> str:
    """Draw an index for people: each gate with its proofs, then every file."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {words(told['title'])}"
    for gate in told["gates"]:
        yield from ("", f"## {words(gate['says'])}", "")
        proofs = [entry for entry in told["entries"] if gate["id"] in entry["gates"]]
        yield from (f"- {_link(entry)}: {words(entry['shows'])}{_holds(entry)}" for entry in proofs)
        if not proofs:
            yield "Nothing shows it."
    yield from ("", "## Every file", "", "| file | is | shows |", "| --- | --- | --- |")
    yield from (f"| {_link(entry)} | {words(entry['kind'])} | {words(entry['shows'])} |" for entry in told["entries"])


def _link(entry: Mapping[str, Any]) -> str:
    return link(entry["path"], quote(entry["path"]))


def _holds(entry: Mapping[str, Any]) -> str:
    told = ", ".join(code(f"{pointer} = {value}") for pointer, value in sorted(entry["holds"].items()))
    return f" ({told})" if told else ""
