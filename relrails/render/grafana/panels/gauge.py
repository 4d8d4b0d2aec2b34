"""A number on a dial."""

from typing import ClassVar

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel, reduced


@attrs.frozen(kw_only=True, slots=False)
class Gauge(Panel):
    """A number between a least and a most."""

    type: ClassVar[str] = "gauge"
    shows_missing: ClassVar[bool] = True

    width: int = 4
    height: int = 4

    def options(self) -> Json:
        """Give the options of a gauge."""
        return {
            "reduceOptions": reduced(),
            "showThresholdMarkers": True,
        }
