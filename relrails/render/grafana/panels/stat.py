"""One number, large."""

from typing import ClassVar, Literal

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel, reduced


@attrs.frozen(kw_only=True, slots=False)
class Stat(Panel):
    """A number in the colour of its threshold; with several series, one tile for each."""

    type: ClassVar[str] = "stat"
    shows_missing: ClassVar[bool] = True

    color_mode: Literal["background", "value", "none"] = "value"
    graph: Literal["area", "none"] = "none"
    text: Literal["auto", "value", "value_and_name", "name"] = "auto"
    width: int = 4
    height: int = 4

    def options(self) -> Json:
        """Give the options of a stat."""
        return {
            "colorMode": self.color_mode,
            "graphMode": self.graph,
            "reduceOptions": reduced(),
            "textMode": self.text,
        }
