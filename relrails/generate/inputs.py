"""Everything that can change what is generated, by its hash."""

import hashlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_NOT_THEIRS = (str(_PACKAGE), str(Path(os.__file__).parent), "/proc/", "/dev/", "/sys/")
_LIBRARIES = {"site-packages", "dist-packages"}
_SLACK_NS = 20_000_000  # file systems stamp with a clock that may be a few milliseconds behind


@cache
def engine() -> str:
    """Give the hash of what turns services into files: relrails itself, Python, and every installed package.

    Every package, because a service file may import any.
    """
    found = hashlib.sha256(f"{sys.version_info[:2]}\n".encode())
    for name in sorted({name for folder in sys.path for name in _packages(folder or ".")}):
        found.update(f"{name}\n".encode())
    for file in sorted(_files(str(_PACKAGE))):
        found.update(f"{file.removeprefix(str(_PACKAGE))}\n{_hash(file)}\n".encode())
    return found.hexdigest()


def _packages(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (e.name for e in entries if e.name.endswith((".dist-info", ".egg-info")))
    except OSError:  # a zip file, or not there
        return


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _files(entry.path)
            elif entry.is_file():
                yield entry.path


def hashes(paths: Iterable[str], out: Path) -> dict[str, str]:
    """Hash files, and folders by the names in them but `out`; what is not there has a hash too."""
    return {path: _hash(path, str(out)) for path in sorted(paths)}


def _hash(path: str, out: str = "") -> str:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a thousand times in a run that does nothing else
            return hashlib.file_digest(file, "sha256").hexdigest()
    except IsADirectoryError:
        with os.scandir(path) as entries:
            names = sorted(e.name for e in entries if e.path != out and not e.name.startswith((".", "__pycache__")))
        return hashlib.sha256("\n".join(names).encode(errors="surrogateescape")).hexdigest()
    except OSError as error:
        return type(error).__name__


class Reading:
    """What was read while services were loaded: their modules, and files and folders that they opened themselves."""

    def __init__(self, project: Path) -> None:
        self._project = str(project)
        self._found: set[str] = set()
        self._watching = False
        self._since = 0

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        """Hear of everything that this process does."""
        if not self._watching or event not in {"open", "os.listdir", "os.scandir"}:
            return
        if not isinstance(args[0], str | bytes | os.PathLike):
            return
        try:
            path = str(Path(os.fsdecode(args[0])).absolute())
        except OSError:  # the current folder is gone; what comes out of here would come out of open()
            return
        # Python lists every folder of its path; those outside the project are packages, which `engine` knows.
        if event == "open" or path.startswith(self._project):
            self._found.add(path)

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Listen while the block runs."""
        sys.addaudithook(self)
        before = set(sys.modules)
        self._since = time.time_ns() - _SLACK_NS
        self._watching = True
        try:
            yield
        finally:
            self._watching = False
            files = (getattr(module, "__file__", None) for name, module in sys.modules.items() if name not in before)
            self._found |= {file for file in files if isinstance(file, str)}

    def inputs(self, modules: Iterable[Path], out: Path) -> dict[str, str] | None:
        """Hash all that was read; None when some of it has changed since, so that nobody knows what was read."""
        found = {str(path) for path in modules}
        found |= {self._project, *(str(Path(path).parent) for path in found)}
        found |= {path for path in self._found if not path.startswith(str(out)) and _is_theirs(path)}
        result = hashes(found, out)
        return None if any(self._is_newer(Path(path)) for path in found) else result

    def _is_newer(self, path: Path) -> bool:
        try:
            return path.is_file() and path.stat().st_mtime_ns >= self._since
        except OSError:
            return True


def _is_theirs(path: str) -> bool:
    """Leave out what belongs to Python, to installed packages and to us."""
    ours = path.startswith(_NOT_THEIRS) or path.endswith(".pyc")
    return not ours and not _LIBRARIES & set(Path(path).parts)
