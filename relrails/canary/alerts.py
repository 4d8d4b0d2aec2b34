"""Whether an alert fires for the canary."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from relrails.source import Source, here


@dataclass(frozen=True, kw_only=True, slots=True)
class Alerts:
    """Alerts, by their labels, any of which rolls the canary back: `Alerts(matching={"alertname": "CoreApiPanics"})`.

    The labels of the canary are added, so that the stable version's alerts do not count.
    """

    matching: Mapping[str, str]
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What its reasons are called by."""
        return "alerts"
