"""The hosts that journeys go to, and how Blackbox asks them, beside the journeys, whether they are there at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from relrails.probe.journey import Journey
from relrails.units import Duration, minutes, seconds

Check = Literal["answers", "connects"]
CHECKS: tuple[Check, ...] = ("answers", "connects")

EVERY: Duration = 1 * minutes
TIMEOUT: Duration = 5 * seconds


@dataclass(frozen=True, order=True, slots=True)
class Host:
    """The origin of a target in one environment."""

    env: str
    name: str
    url: str

    @property
    def secure(self) -> bool:
        """Whether it is spoken to over TLS."""
        return urlsplit(self.url).scheme == "https"

    def address(self, check: Check) -> str:
        """Give what Blackbox is to ask: a URL, or host and port."""
        if check == "answers":
            return f"{self.url.rstrip('/')}/"
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{host}:{parts.port or (443 if self.secure else 80)}"


def hosts_of(journeys: Iterable[Journey]) -> tuple[Host, ...]:
    """Give each host of each environment once, sorted."""
    return tuple(sorted({Host(j.env, target.name, target.url) for j in journeys for target in j.targets}))
