"""Prepared files moved into their places; can be begun again at any point."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from relrails.output.folder import Folder, look_kind
from relrails.output.manifest import read_manifest
from relrails.output.paths import MANIFEST, STAGE, UNDECIDED, same_file
from relrails.output.refusal import Refused, in_the_way

FILE_MODE, FOLDER_MODE = 0o644, 0o755
"""Prometheus and Grafana read these files as other users, whatever the umask of the one who made them."""


def make_folder(path: Path) -> None:
    """Make a folder, and those above it."""
    try:
        path.mkdir()
    except FileNotFoundError:
        make_folder(path.parent)
        make_folder(path)
    except FileExistsError:
        return
    else:
        path.chmod(FOLDER_MODE)


def prepare(path: Path, data: bytes, *, sync: bool) -> None:
    """Write a file that is in nobody's way yet; `sync` waits until a power cut cannot empty it any more."""
    make_folder(path.parent)
    with path.open("wb") as file:
        os.fchmod(file.fileno(), FILE_MODE)
        file.write(data)
        if sync:
            file.flush()
            os.fsync(file.fileno())


def decide(folder: Folder, manifest: bytes) -> None:
    """Pass the point of no return: from this rename on, the new tree is the one."""
    stage = folder.path(STAGE)
    undecided = stage / UNDECIDED
    prepare(undecided, manifest, sync=True)
    undecided.rename(stage / MANIFEST)
    settle(folder)


def settle(folder: Folder) -> None:
    """Move what is prepared, remove what is no longer made, and then let the manifest say so."""
    stage = folder.path(STAGE)
    made, making = read_manifest(folder.path(MANIFEST)), read_manifest(stage / MANIFEST)
    gone = sorted(made.keys() - making.keys())
    kept = {same_file(path) for path in making}
    # Where case does not matter, the old file of a new spelling is the new file: it must go before, not after.
    respelt = [path for path in gone if same_file(path) in kept]
    for path in respelt:
        _remove(folder, path)
    for path in sorted(making):
        if look_kind(_staged(stage, path)) == "file":
            _move(folder, _staged(stage, path), path)
    for path in gone:
        if path not in respelt:
            _remove(folder, path)
    os.replace(stage / MANIFEST, folder.path(MANIFEST))  # noqa: PTH105 - the name says that it replaces
    shutil.rmtree(stage)


def complete(folder: Folder) -> None:
    """Finish what an interrupted run had decided; forget what it had only prepared."""
    stage = folder.path(STAGE)
    kind = look_kind(stage)
    if kind not in {"nothing", "folder"}:
        raise Refused([in_the_way(stage, "not a folder")])
    if look_kind(stage / MANIFEST) == "file":
        settle(folder)
    forget(folder)


def forget(folder: Folder) -> None:
    """Throw away what was prepared, unless it was decided on."""
    stage = folder.path(STAGE)
    if look_kind(stage / MANIFEST) == "nothing":
        shutil.rmtree(stage, ignore_errors=True)


def _staged(stage: Path, path: str) -> Path:
    return stage.joinpath(*path.split("/"))


def _move(folder: Folder, staged: Path, path: str) -> None:
    fault = folder.way_fault(path)
    if fault is not None:
        raise Refused([fault])
    place = folder.path(path)
    make_folder(place.parent)
    os.replace(staged, place)  # noqa: PTH105 - the name says that it replaces


def _remove(folder: Folder, path: str) -> None:
    """Remove a file, and the folders that it leaves empty."""
    if folder.way_fault(path) is not None:
        return
    place = folder.path(path)
    with suppress(FileNotFoundError):
        place.unlink()
    for above in place.parents:
        if above == folder.out:
            return
        try:
            above.rmdir()
        except FileNotFoundError:  # removed by the run that is being completed
            continue
        except OSError:  # not empty
            return
