"""Density over time."""

from typing import ClassVar

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel
from relrails.render.grafana.unit import Unit


@attrs.frozen(kw_only=True, slots=False)
class Heatmap(Panel):
    """How many values fell where: histogram buckets, or, with `calculate`, plain series put into buckets."""

    type: ClassVar[str] = "heatmap"

    width: int = 12
    unit: Unit | None = None
    calculate: bool = False
    scheme: str = "Oranges"

    def options(self) -> Json:
        """Give the options of a heatmap; the unit belongs to its axis, the cells hold counts."""
        options: Json = {
            "calculate": self.calculate,
            "cellGap": 1,
            "color": {
                "exponent": 0.5,
                "fill": "dark-orange",
                "mode": "scheme",
                "reverse": False,
                "scale": "exponential",
                "scheme": self.scheme,
                "steps": 64,
            },
            "exemplars": {"color": "rgba(255,0,255,0.7)"},
            "filterValues": {"le": 1e-9},
            "legend": {"show": True},
            "rowsFrame": {"layout": "auto"},
            "showValue": "never",
            "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": True},
            "yAxis": {"axisPlacement": "left", "reverse": False},
        }
        if self.unit is not None:
            options["yAxis"]["unit"] = self.unit.value
        return options

    def custom(self) -> Json:
        """Give the scale of the axis."""
        return {"scaleDistribution": {"type": "linear"}}
