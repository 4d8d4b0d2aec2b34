"""What silence means, by whose it is; and how long a recovery may take."""

from dataclasses import dataclass, field
from typing import Literal

from relrails.source import Source, here
from relrails.units import Duration, minutes


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """What is done when data is missing; nothing here can promote.

    A canary without series while the stable version reports has probably crashed: after `grace_looks` it is rolled
    back. When both are silent the telemetry is out: the canary is held, and rolled back after `hold_max`.
    """

    canary: Literal["rollback", "hold"] = "rollback"
    grace_looks: int = 3
    hold_max: Duration = 15 * minutes
    source: Source = field(default_factory=here, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """After a rollback: all traffic is on the stable version and its error rate back `within` so long, or it pages."""

    within: Duration = 5 * minutes
    source: Source = field(default_factory=here, compare=False, repr=False)
