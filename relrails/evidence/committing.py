"""A bundle put into its place whole or not at all.

Everything is written into a stage beside the bundles first. The line in the ledger is the point of no return: before
it, an interrupted run leaves a stage that the next one throws away; after it, one that the next run moves into place.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from relrails.evidence import ledger
from relrails.evidence.values import EvidenceError
from relrails.output.lock import alone

STAGE = ".relrails-stage"
_BUNDLE = "bundle"
_LINE = "line"


def commit(root: Path, path: str, files: Mapping[str, bytes], entry: Callable[[int, str], bytes]) -> Path:
    """Write the files into a new folder `path` below the root, and its line into the ledger.

    `entry` is given the number of the line and the hash of the one before. Raises EvidenceError where the folder is
    there already, OSError where the disk will not have it; both leave everything as it was.
    """
    root.mkdir(parents=True, exist_ok=True)
    with alone(root):
        recover(root)
        place = root / path
        if os.path.lexists(place):
            raise EvidenceError(f"there is a bundle at {place} already; fix: every run needs an id of its own")
        stage = root / STAGE
        try:
            _fill(stage / _BUNDLE, files)
            before = ledger.read(root)
            number = sum(1 for _ in ledger.entries(before)) + 1
            added = entry(number, ledger.last(before))
            _write(stage / _LINE, path.encode() + b"\n" + added)
            _sync(stage)
            _sync(root)
            ledger.append(root, added)
        except BaseException:
            shutil.rmtree(stage, ignore_errors=True)
            raise
        _settle(root, path)
        return place


def recover(root: Path) -> None:
    """Finish what an interrupted run had decided; forget what it had only prepared."""
    stage = root / STAGE
    if not os.path.lexists(stage):
        return
    if stage.is_symlink() or not stage.is_dir():
        raise EvidenceError(f"{stage} is in the way; fix: move it away, bundles are prepared there")
    try:
        path, _, added = (stage / _LINE).read_bytes().partition(b"\n")
    except FileNotFoundError:
        shutil.rmtree(stage)
        return
    data = ledger.read(root)
    newest = data.rpartition(b"\n")[2]
    if newest and added.startswith(newest):  # the line itself was cut short, by a crash in the middle of it
        os.truncate(root / ledger.LEDGER, len(data) - len(newest))
    if (added and data.endswith(b"\n" + added + b"\n")) or data == added + b"\n":
        _settle(root, path.decode())
    else:
        shutil.rmtree(stage)


def _settle(root: Path, path: str) -> None:
    stage, place = root / STAGE, root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if (stage / _BUNDLE).exists():
        (stage / _BUNDLE).rename(place)
    _sync(place.parent)
    _sync(root)
    shutil.rmtree(stage)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True)
    above = {folder}
    for name, data in sorted(files.items()):
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        above.add(file.parent)
        _write(file, data)
    for made in above:
        _sync(made)


def _write(file: Path, data: bytes) -> None:
    with file.open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
