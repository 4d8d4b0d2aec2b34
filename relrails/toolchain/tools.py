"""Which of Prometheus' programs this machine has, and HAProxy, and in which versions."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

# Our name of a program, and what upstream and Debian call its file.
FILES = {
    "promtool": ("promtool",),
    "prometheus": ("prometheus",),
    "amtool": ("amtool",),
    "alertmanager": ("alertmanager", "prometheus-alertmanager"),
    "blackbox_exporter": ("blackbox_exporter", "prometheus-blackbox-exporter"),
    "haproxy": ("haproxy",),
}

# Where a program lies in .tools/NAME/: an unpacked Debian package, or an unpacked release archive.
PLACES = ("usr/bin", ".")

VERSION = re.compile(r"version (\d+(?:\.\d+)+)")
ANSWER_SECONDS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """One program that runs here, with the version that it says it has."""

    name: str
    path: Path
    version: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name} {'.'.join(map(str, self.version))}"


def directory() -> Path:
    """The folder that fetched programs live in: $RELRAILS_TOOLS, or .tools in the current directory."""
    return Path(os.environ.get("RELRAILS_TOOLS") or ".tools").absolute()


def find(name: str, root: Path | None = None) -> tuple[Tool, ...]:
    """Every version of a program that runs here: those on PATH first, then those under the tools folder."""
    found: dict[tuple[int, ...], Tool] = {}
    for path in _candidates(FILES[name], directory() if root is None else root):
        version = version_of(path)
        if version is not None:
            found.setdefault(version, Tool(name=name, path=path, version=version))
    return tuple(found.values())


def version_of(path: Path) -> tuple[int, ...] | None:
    """What a program answers to --version; None, said on stderr, when it does not run."""
    status = path.stat()
    version, complaint = _ask(path, status.st_mtime_ns, status.st_size)
    if version is None:
        say(f"{path} is left out: {complaint}")
    return version


def say(message: str) -> None:
    """Tell the person at the terminal, without touching stdout."""
    sys.stderr.write(f"relrails: {message}\n")


def _candidates(files: tuple[str, ...], root: Path) -> Iterator[Path]:
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    homes = sorted(home for home in root.iterdir() if home.is_dir()) if root.is_dir() else []
    fetched = [home / place for home in homes for place in PLACES]
    for folder in (*on_path, *fetched):
        for file in files:
            path = folder / file
            if path.is_file() and os.access(path, os.X_OK):
                yield path


@lru_cache(maxsize=256)
def _ask(path: Path, changed_ns: int, size: int) -> tuple[tuple[int, ...] | None, str]:
    # changed_ns and size are part of the key: a program that was replaced is asked again.
    del changed_ns, size
    option = "-v" if path.name == "haproxy" else "--version"  # HAProxy knows only the short one
    try:
        answer = subprocess.run(
            [path, option],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, f"it gave no version within {ANSWER_SECONDS} s"
    except OSError as error:
        return None, f"it does not run here ({error.strerror})"
    version = VERSION.search(answer.stdout)
    if answer.returncode != 0 or version is None:
        first_line = (answer.stdout.strip().splitlines() or ["no output"])[0]
        return None, f"{option} exits {answer.returncode} and says: {first_line}"
    return tuple(int(part) for part in version[1].split(".")), ""
