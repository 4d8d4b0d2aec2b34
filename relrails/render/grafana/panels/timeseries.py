"""Lines over time."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import attrs

from relrails.render.grafana.field import Json, Number
from relrails.render.grafana.panels.base import Panel

LegendCalc = Literal["lastNotNull", "max", "min", "mean", "sum"]


@attrs.frozen(kw_only=True, slots=False)
class TimeSeries(Panel):
    """Lines over time, with gaps where data is missing."""

    type: ClassVar[str] = "timeseries"

    width: int = 12
    legend: Literal["list", "table", "hidden"] = "list"
    legend_calcs: Sequence[LegendCalc] = ()
    threshold_style: Literal["off", "line", "area", "line+area", "dashed"] = "off"
    soft_least: Number | None = None
    soft_most: Number | None = None
    log: Literal[2, 10] | None = None
    fill: int = 0
    stack: bool = False
    bars: bool = False

    def options(self) -> Json:
        """Give the options of a time series."""
        return {
            "legend": {
                "calcs": list(self.legend_calcs),
                "displayMode": "list" if self.legend == "hidden" else self.legend,
                "placement": "bottom",
                "showLegend": self.legend != "hidden",
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        }

    def custom(self) -> Json:
        """Give how the lines are drawn; nulls stay gaps, so that missing data is seen."""
        settings: Json = {"axisSoftMax": self.soft_most, "axisSoftMin": self.soft_least, "spanNulls": False}
        if self.threshold_style != "off":
            settings["thresholdsStyle"] = {"mode": self.threshold_style}
        if self.bars:
            settings |= {"drawStyle": "bars", "fillOpacity": 100, "lineWidth": 0}
        elif self.fill:
            settings["fillOpacity"] = self.fill
        if self.log is not None:
            settings["scaleDistribution"] = {"log": self.log, "type": "log"}
        if self.stack:
            settings["stacking"] = {"group": "A", "mode": "normal"}
        return settings
