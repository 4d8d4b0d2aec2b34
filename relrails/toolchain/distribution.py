"""The distributions whose packages can be fetched, and which of them this machine runs."""

import platform
from dataclasses import dataclass
from pathlib import Path

from relrails.toolchain.mirror import Mirror, mirrors

ETC = Path("/etc/apt")


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """What a distribution calls the suites that carry each generation of Prometheus."""

    distribution: str
    components: str
    with_2: tuple[str, ...]  # tried after the machine's own release
    with_3: tuple[str, ...]

    def suites(self, major: int, own: str) -> tuple[str, ...]:
        """Where to look for a generation, in this order."""
        return tuple(dict.fromkeys((own, *self.with_2))) if major == 2 else self.with_3

    def mirrors(self, own: str, etc: Path = ETC) -> tuple[Mirror, ...]:
        """Where apt on this machine takes the distribution from, best first."""
        return mirrors(self.distribution, ALIASES.union([own], self.with_2, self.with_3), etc)


ARCHIVES = {
    "debian": Archive(distribution="debian", components="main", with_2=("bookworm",), with_3=("sid",)),
    "ubuntu": Archive(distribution="ubuntu", components="main universe", with_2=("noble",), with_3=("devel",)),
}
# Names under which a machine's own sources may list the distribution's archive.
ALIASES = frozenset({"stable", "oldstable", "oldoldstable", "testing", "unstable", "sid", "devel"})


def release_of_this_machine() -> tuple[str, str]:
    """The distribution and the code name of its release; on other systems the system's own name."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return platform.system(), ""
    return release.get("ID", "linux"), release.get("VERSION_CODENAME", "")
