"""Packages of any suite, unpacked into a folder: apt with lists and a cache of its own, and nothing installed."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from relrails.toolchain.mirror import Mirror

UPDATE_SECONDS = 300
DOWNLOAD_SECONDS = 900
QUICK_SECONDS = 60

# Read after the machine's own settings, so proxies and certificates stay as they are.
SETTINGS = """\
Dir::Etc::SourceList "{work}/mirror.sources";
Dir::Etc::SourceParts "-";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "{work}/lists";
Dir::State::Status "{work}/status";
Dir::Cache "{work}/cache";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
#clear APT::Default-Release;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


class AptError(Exception):
    """Apt or dpkg could not do its part; the text says what they printed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """One suite of one mirror whose package lists have been read into a private folder."""

    name: str
    work: Path

    def download(self, packages: tuple[str, ...]) -> tuple[Path, ...]:
        """Those of the packages that the suite has, as .deb files."""
        known = self._known(packages)
        if not known:
            return ()
        _run(["apt-get", *self._settings(), "download", *known], self.work, DOWNLOAD_SECONDS)
        return tuple(sorted(self.work.glob("*.deb")))

    def _known(self, packages: tuple[str, ...]) -> list[str]:
        names = _run(["apt-cache", *self._settings(), "pkgnames"], self.work, QUICK_SECONDS).split()
        return [package for package in packages if package in set(names)]

    def _settings(self) -> tuple[str, str]:
        return ("--config-file", str(self.work / "apt.conf"))


def available() -> bool:
    """Whether this machine has the three programs that fetching takes."""
    return all(shutil.which(program) for program in ("apt-get", "apt-cache", "dpkg"))


def read_lists(mirror: Mirror, suite: str, components: str, work: Path) -> Suite:
    """Fetch a suite's package lists into an empty folder, leaving the machine's own lists alone."""
    for folder in ("lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()  # what is installed here must not stand in for what the suite has
    (work / "mirror.sources").write_text(mirror.source(suite, components), encoding="utf-8")
    (work / "apt.conf").write_text(SETTINGS.format(work=work), encoding="utf-8")
    read = Suite(name=suite, work=work)
    _run(["apt-get", *read._settings(), "update"], work, UPDATE_SECONDS)
    return read


def unpack(package: Path, into: Path) -> None:
    """Lay a package's files into a folder without installing it."""
    _run(["dpkg", "-x", str(package), str(into)], into, DOWNLOAD_SECONDS)


def _run(argv: list[str], folder: Path, seconds: float) -> str:
    program = shutil.which(argv[0])
    if program is None:
        raise AptError(f"{argv[0]} is not on PATH")
    try:
        done = subprocess.run(
            [program, *argv[1:]],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AptError(f"{argv[0]} {argv[-1]} took longer than {seconds:.0f} s") from error
    if done.returncode != 0:
        last_lines = "\n".join(f"  {line}" for line in done.stdout.strip().splitlines()[-8:])
        raise AptError(f"{argv[0]} exited {done.returncode}:\n{last_lines}")
    return done.stdout
