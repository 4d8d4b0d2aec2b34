"""One bar for each series, to compare them."""

from typing import ClassVar

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel, reduced


@attrs.frozen(kw_only=True, slots=False)
class BarGauge(Panel):
    """Horizontal bars, in the order in which the query sorts them."""

    type: ClassVar[str] = "bargauge"
    shows_missing: ClassVar[bool] = True

    width: int = 12

    def options(self) -> Json:
        """Give the options of a bar gauge."""
        return {
            "displayMode": "basic",
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
            "orientation": "horizontal",
            "reduceOptions": reduced(),
            "showUnfilled": True,
            "valueMode": "color",
        }
