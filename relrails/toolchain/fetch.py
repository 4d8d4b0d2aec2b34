"""Fetches the programs that this machine lacks, from Debian's packages, into .tools/SUITE/.

Two generations of Prometheus are wanted, because 2.x and 3.x read the edge of a time range differently and rules must
work on both: the machine's own release (bookworm has 2.42), and the newest suite of the same mirror, whose packages run
on older releases too. Nothing is installed and no daemon is started: packages are unpacked, the system's lists are left
alone.
"""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from relrails.toolchain import apt
from relrails.toolchain.distribution import ARCHIVES, Archive, release_of_this_machine
from relrails.toolchain.mirror import Mirror
from relrails.toolchain.missing import MAJORS, by_hand
from relrails.toolchain.tools import FILES, directory, find, say, version_of

PACKAGES = ("promtool", "prometheus", "prometheus-alertmanager", "prometheus-blackbox-exporter")

# Every program but HAProxy, which is fetched by itself: no other suite has one that would run here.
PROMETHEUS = tuple(name for name in FILES if name != "haproxy")

STAMP = ".packages"
LOCK_SECONDS = 1800


class FetchError(Exception):
    """A program that is wanted could not be fetched; the text says which, why, and what to do by hand."""


def fetch(root: Path | None = None, *, etc: Path = Path("/etc/apt"), release: tuple[str, str] | None = None) -> None:
    """Fetch what is missing; returns at once when nothing is."""
    home = directory() if root is None else root
    wanted = [major for major in MAJORS if not _satisfied(major, home)]
    if not wanted:
        return
    distribution, own = release_of_this_machine() if release is None else release
    if distribution not in ARCHIVES:
        why = [f"packages are fetched on Debian and Ubuntu; this system is {distribution}"]
    elif not apt.available():
        why = ["apt-get, apt-cache and dpkg are not all on PATH"]
    else:
        try:
            why = _fetch_all(wanted, ARCHIVES[distribution], own, home, etc)
        except OSError as error:
            why = [f"{home} cannot be written: {error}"]
    if why:
        raise FetchError(by_hand("\n".join(why), home, distribution))


def _fetch_all(wanted: list[int], archive: Archive, own: str, home: Path, etc: Path) -> list[str]:
    sources = archive.mirrors(own, etc)
    if not sources:
        return [f"apt's sources on this machine list no archive of {archive.distribution} {own}"]
    home.mkdir(parents=True, exist_ok=True)
    with alone(home):
        return [complaint for major in wanted for complaint in _fetch_major(major, archive, own, sources, home)]


def _satisfied(major: int, home: Path) -> bool:
    """Whether one generation is complete; Alertmanager and Blackbox come along with the first, in any version."""
    if major == 2:
        return _has("promtool", 2, home) and all(find(name, home) for name in PROMETHEUS)
    return _has("promtool", major, home) and _has("prometheus", major, home)


def _has(name: str, major: int, home: Path) -> bool:
    return any(tool.version[0] == major for tool in find(name, home))


def _fetch_major(major: int, archive: Archive, own: str, sources: tuple[Mirror, ...], home: Path) -> list[str]:
    complaints: list[str] = []
    for suite in archive.suites(major, own):
        if _satisfied(major, home):  # by another process while this one waited for the lock, or by the suite before
            return []
        if (home / suite / STAMP).is_file() and not _broken(home / suite):
            complaints.append(f"Prometheus {major}.x: the packages of {suite} are here and do not have all of it")
            continue
        for mirror in sources:
            try:
                _fetch_suite(suite, mirror, archive.components, home)
                break
            except apt.AptError as error:
                complaints.append(f"Prometheus {major}.x from {suite}: {error}")
    if _satisfied(major, home):
        return []
    return complaints or [
        f"Prometheus {major}.x: {', '.join(archive.suites(major, own))} of this machine's mirror lack it"
    ]


def _fetch_suite(suite: str, mirror: Mirror, components: str, home: Path) -> None:
    say(
        f"fetching Prometheus' programs from the packages of {suite} into {home / suite} (once; some 60 MB to download)"
    )
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=home) as temporary:
        work = Path(temporary)
        packages = apt.read_lists(mirror, suite, components, work).download(PACKAGES)
        if not packages:
            raise apt.AptError("this mirror has no package of Prometheus")
        tree = work / "tree"
        tree.mkdir()
        for package in packages:
            apt.unpack(package, tree)
        _refuse_what_does_not_run(tree)
        (tree / STAMP).write_text("".join(f"{package.name}\n" for package in packages), encoding="utf-8")
        place = home / suite
        if place.exists():
            place.rename(work / "replaced")
        tree.rename(place)


def _refuse_what_does_not_run(tree: Path) -> None:
    programs = [tree / "usr/bin" / file for files in FILES.values() for file in files]
    present = [program for program in programs if program.is_file()]
    if not any(program.name == "promtool" for program in present):
        raise apt.AptError("its packages hold no promtool")
    silent = [program.name for program in present if version_of(program) is None]
    if silent:
        raise apt.AptError(f"{', '.join(silent)} of this suite does not run on this machine")


def _broken(tree: Path) -> bool:
    promtool = tree / "usr/bin/promtool"
    return not promtool.is_file() or version_of(promtool) is None


@contextlib.contextmanager
def alone(home: Path) -> Iterator[None]:
    """Let one process fetch at a time, and clear away what a killed one left."""
    import fcntl  # not on every system; every system that has apt has it

    with (home / ".lock").open("w") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise FetchError(f"another process has been fetching into {home} for {LOCK_SECONDS} s") from None
                time.sleep(0.2)
        for leftover in home.glob(".fetch-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield
