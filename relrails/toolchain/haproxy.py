"""Fetches HAProxy, which stands before the two versions of a service in staging, into .tools/haproxy/.

It comes from the machine's own release, with those of its libraries that a system without HAProxy lacks. Nothing is
installed: a launcher in .tools/haproxy/usr/bin lets it find the libraries beside it.
"""

import tempfile
from pathlib import Path

from relrails.toolchain import apt
from relrails.toolchain.distribution import ARCHIVES, release_of_this_machine
from relrails.toolchain.fetch import FetchError, alone
from relrails.toolchain.tools import directory, find, say, version_of

NAME = "haproxy"
# Each release has some of these; what has another name there is another version's.
PACKAGES = (
    "haproxy",
    "libjemalloc2",
    "liblua5.3-0",
    "liblua5.4-0",
    "libopentracing-c-wrapper0",
    "libopentracing-c-wrapper0t64",
    "libopentracing1",
    "libopentracing1t64",
    "libpcre2-8-0",
)
LAUNCHER = """\
#!/bin/sh
# Made by relrails: HAProxy with the libraries that were unpacked beside it.
here=${0%/*}/..
for libraries in "$here"/lib/*-linux-gnu; do
  export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
exec "$here/sbin/haproxy" "$@"
"""


def fetch(root: Path | None = None, *, etc: Path = Path("/etc/apt"), release: tuple[str, str] | None = None) -> None:
    """Fetch HAProxy if this machine has none; raises FetchError."""
    home = directory() if root is None else root
    if find(NAME, home):
        return
    distribution, own = release_of_this_machine() if release is None else release
    if distribution not in ARCHIVES:
        complaints = [f"packages are fetched on Debian and Ubuntu; this system is {distribution}"]
    elif not apt.available():
        complaints = ["apt-get, apt-cache and dpkg are not all on PATH"]
    else:
        try:
            complaints = _fetch(distribution, own, home, etc)
        except OSError as error:
            complaints = [f"{home} cannot be written: {error}"]
    if complaints:
        why = "\n".join(complaints)
        raise FetchError(f"HAProxy could not be fetched\n{why}\n  fix: any haproxy on PATH will do, of 2.4 or later")


def _fetch(distribution: str, own: str, home: Path, etc: Path) -> list[str]:
    archive = ARCHIVES[distribution]
    complaints: list[str] = []
    home.mkdir(parents=True, exist_ok=True)
    with alone(home):
        for mirror in archive.mirrors(own, etc):
            if find(NAME, home):  # by another process while this one waited for the lock
                return []
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=home) as temporary:
                work = Path(temporary)
                say(f"fetching HAProxy from the packages of {own} into {home / NAME} (once; some 3 MB to download)")
                try:
                    _unpack(apt.read_lists(mirror, own, archive.components, work), work, home / NAME)
                except apt.AptError as error:
                    complaints.append(str(error))
                    continue
                return []
    return complaints or [f"apt's sources on this machine list no archive of {distribution} {own}"]


def _unpack(suite: apt.Suite, work: Path, place: Path) -> None:
    tree = work / "tree"
    tree.mkdir()
    for package in suite.download(PACKAGES):
        apt.unpack(package, tree)
    if not (tree / "usr/sbin/haproxy").is_file():
        raise apt.AptError(f"{suite.name} has no package haproxy")
    launcher = tree / "usr/bin/haproxy"
    launcher.parent.mkdir(parents=True, exist_ok=True)
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)
    if version_of(launcher) is None:
        raise apt.AptError(f"the haproxy of {suite.name} does not run on this machine")
    if place.exists():
        place.rename(work / "replaced")
    tree.rename(place)
