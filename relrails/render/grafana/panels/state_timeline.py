"""States over time, one lane for each series."""

from typing import ClassVar

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel


@attrs.frozen(kw_only=True, slots=False)
class StateTimeline(Panel):
    """Coloured spans of time; equal neighbours are one span."""

    type: ClassVar[str] = "state-timeline"

    width: int = 12

    def options(self) -> Json:
        """Give the options of a state timeline."""
        return {
            "alignValue": "left",
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "mergeValues": True,
            "rowHeight": 0.9,
            "showValue": "auto",
            "tooltip": {"mode": "single", "sort": "none"},
        }

    def custom(self) -> Json:
        """Give how the lanes are drawn."""
        return {"fillOpacity": 80, "lineWidth": 0}
