"""States at regular times, one row of cells for each series."""

from typing import ClassVar

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel


@attrs.frozen(kw_only=True, slots=False)
class StatusHistory(Panel):
    """A cell for each step, such as a day with `interval="1d"`; `page` is how many rows are shown at once."""

    type: ClassVar[str] = "status-history"

    width: int = 24
    page: int | None = None

    def options(self) -> Json:
        """Give the options of a status history."""
        return {
            "colWidth": 0.9,
            "perPage": self.page,
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
            "rowHeight": 0.9,
            "showValue": "auto",
            "tooltip": {"mode": "single", "sort": "none"},
        }

    def custom(self) -> Json:
        """Give how the cells are drawn."""
        return {"fillOpacity": 80, "lineWidth": 1}
