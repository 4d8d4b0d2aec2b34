"""Whether a folder of evidence is what its index says: every file there, whole, of its kind, and none besides."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relrails.dossier.indexing import page
from relrails.dossier.kinds import FOLDERS, KINDS, UNKNOWN
from relrails.dossier.values import INDEX, PAGE, SCHEMA
from relrails.evidence.masking import MASK, mask_shapes
from relrails.output.folder import look_kind
from relrails.output.paths import shape_fault


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and where; `ok` is None where it could not be told."""

    path: str
    ok: bool | None
    text: str


def check(root: Path) -> tuple[Finding, ...]:
    """Check a folder, and every folder in it, that has an index; gives nothing where all is as it says.

    Without a single index there is nothing that anybody could believe, which is a finding too.
    """
    indexed = sorted(found.parent for found in root.rglob(INDEX) if look_kind(found) == "file")
    if not indexed:
        return (Finding(str(root), False, f"there is no {INDEX} in it"),)
    found = [finding for folder in indexed for finding in _folder(folder, root)]
    found += [Finding(path, False, "no index above it names it") for path in _strays(root, indexed)]
    return tuple(found)


def _strays(root: Path, indexed: list[Path]) -> Iterator[str]:
    for file in sorted(root.rglob("*")):
        inside = any(folder in file.parents for folder in indexed)
        if look_kind(file) != "folder" and not inside and file != root / PAGE:
            yield file.relative_to(root).as_posix()


def _folder(folder: Path, root: Path) -> Iterator[Finding]:
    at = folder.relative_to(root).as_posix()

    def place(path: str) -> str:
        return path if at == "." else f"{at}/{path}"

    try:
        told = _index(folder / INDEX)
    except ValueError as error:
        yield Finding(place(INDEX), False, str(error))
        return
    if not (folder / PAGE).is_file() or (folder / PAGE).read_bytes() != page(told).encode():
        yield Finding(place(PAGE), False, f"it does not say what {INDEX} says; fix: write both anew")
    proved = {gate for entry in told["entries"] for gate in entry["gates"]}
    for gate in told["gates"]:
        if gate["id"] not in proved:
            yield Finding(place(INDEX), False, f"nothing shows {gate['id']!a}: {gate['says']}")
    for entry in told["entries"]:
        for fault in _faults(folder, entry):
            unknown = fault.startswith(UNKNOWN)
            yield Finding(place(entry["path"]), None if unknown else False, fault)
    named = [entry["path"] for entry in told["entries"]]
    for twice in sorted({path for path in named if named.count(path) > 1}):
        yield Finding(place(twice), False, "it is in the index twice")
    for path in _unnamed(folder, told):
        yield Finding(place(path), False, f"it is not in {INDEX}")


def _index(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(file.read_bytes())
        entries, gates = told["entries"], told["gates"]
        known = {gate["id"] for gate in gates if isinstance(gate["says"], str)}
        sound = told["schema"] == SCHEMA and isinstance(told["title"], str) and bool(entries)
        for entry in entries:
            sound &= entry["kind"] in KINDS and set(entry["gates"]) <= known and isinstance(entry["holds"], dict)
            sound &= isinstance(entry["path"], str) and bool(entry["shows"].strip())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise ValueError(f"it is no index of the schema {SCHEMA}")
    return dict(told)


def _faults(folder: Path, entry: Mapping[str, Any]) -> Iterator[str]:
    fault = shape_fault(entry["path"])
    if fault is not None:
        yield f"it names {entry['path']!a}: {fault}"
        return
    place = folder
    for part in entry["path"].split("/"):
        place /= part
        if look_kind(place) == "link":
            yield "it is a link, and may lead anywhere"
            return
    wanted = "folder" if entry["kind"] in FOLDERS else "file"
    if look_kind(place) != wanted:
        yield f"there is no such {wanted}"
        return
    try:
        yield from KINDS[entry["kind"]](place)
        yield from _held(place, entry)
    except ValueError as error:
        yield str(error)
    yield from _secrets(place)


def _held(place: Path, entry: Mapping[str, Any]) -> Iterator[str]:
    if not entry["holds"]:
        return
    file = place / "decision.json" if entry["kind"] in FOLDERS else place
    try:
        document = json.loads(file.read_bytes())
    except (ValueError, OSError):
        yield "it is not JSON, so it holds no values"
        return
    for pointer, value in sorted(entry["holds"].items()):
        try:
            found = _at(document, pointer)
        except (KeyError, IndexError, TypeError, ValueError):
            yield f"it has no {pointer}"
            continue
        if found != value or type(found) is not type(value):
            yield f"{pointer} is {found!a}, and should be {value!a}"


def _at(document: Any, pointer: str) -> Any:
    for part in pointer.removeprefix("/").split("/") if pointer else ():
        name = part.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def _secrets(place: Path) -> Iterator[str]:
    for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
        if not file.is_file() or file.suffix == ".png":
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            bare = line.replace(MASK, "")
            if mask_shapes(bare) != bare:
                yield f"line {number} of {file.name} holds what looks like a secret"
                break


def _unnamed(folder: Path, told: Mapping[str, Any]) -> Iterator[str]:
    named = {entry["path"] for entry in told["entries"]}
    whole = {entry["path"] for entry in told["entries"] if entry["kind"] in FOLDERS}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        inside = {path.as_posix(), *(above.as_posix() for above in path.parents)}
        nested = any((above / INDEX).is_file() for above in file.parents if folder in above.parents)
        known = bool(inside & whole) or path.as_posix() in {INDEX, PAGE, *named}
        if look_kind(file) != "folder" and not known and not nested:
            yield path.as_posix()
