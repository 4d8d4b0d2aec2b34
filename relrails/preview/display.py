"""How a field is shown: its unit, its colour and its words, from a panel's defaults and overrides."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relrails.preview import colors, numbers
from relrails.preview.board import Panel

Json = dict[str, Any]

NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a reader sees it; the colour is None where nothing says one."""

    text: str
    color: str | None


@dataclass(frozen=True, slots=True)
class Display:
    """The settings of one field."""

    settings: Mapping[str, Any]

    @classmethod
    def of(cls, panel: Panel, name: str, ref: str = "") -> "Display":
        """Work out the settings of a field: the defaults, then each override that takes it."""
        settings: Json = {key: value for key, value in panel.defaults.items() if key != "custom"}
        settings |= {f"custom.{key}": value for key, value in panel.custom.items()}
        for override in panel.overrides:
            if _takes(override.get("matcher", {}), name, ref):
                settings |= {item["id"]: item.get("value") for item in override.get("properties", [])}
        return cls(settings)

    def get(self, name: str, otherwise: Any = None) -> Any:
        """Give a setting, such as `custom.lineStyle`."""
        return self.settings.get(name, otherwise)

    @property
    def unit(self) -> str | None:
        """Give the unit as Grafana spells it."""
        return self.settings.get("unit")

    @property
    def steps(self) -> list[tuple[float, str]]:
        """Give the thresholds from the lowest: where each begins, and its colour."""
        found = (self.settings.get("thresholds") or {}).get("steps") or []
        return [(-math.inf if s.get("value") is None else float(s["value"]), str(s["color"])) for s in found]

    @property
    def bands(self) -> list[tuple[float, float, str]]:
        """Give the thresholds as bands: where each begins and ends, and its colour; transparent ones are left out."""
        ends = [at for at, _ in self.steps[1:]] + [math.inf]
        bands = zip(self.steps, ends, strict=False)  # without steps there is no band
        return [(at, end, drawn) for (at, name), end in bands if (drawn := colors.color(name)) is not None]

    def number(self, value: float) -> str:
        """Write a number in the field's unit."""
        return numbers.text(value, self.unit, self.settings.get("decimals"))

    def show(self, value: float | None) -> Shown:
        """Show a value: by the first mapping that takes it, else as a number in the colour of its threshold."""
        missing = value is None or math.isnan(value)
        for mapping in self.settings.get("mappings") or []:
            result = _mapped(mapping, None if missing else value)
            if result is not None:
                said = result.get("text") or (NO_DATA if missing else self.number(value or 0))
                return Shown(said, colors.color(result.get("color")) or (None if missing else self.color_at(value)))
        if missing or value is None:
            return Shown(str(self.settings.get("noValue") or "-"), None)
        return Shown(self.number(value), self.color_at(value))

    def color_at(self, value: float | None) -> str | None:
        """Give the colour that a value has: a fixed one, or that of its threshold."""
        if self.fixed is not None:
            return self.fixed
        if value is None:
            return None
        found = [color for begins, color in self.steps if value >= begins]
        return colors.color(found[-1]) if found else None

    @property
    def fixed(self) -> str | None:
        """Give the one colour of a field that has one."""
        color = self.settings.get("color") or {}
        return colors.color(color.get("fixedColor")) if color.get("mode") in {"fixed", "shades"} else None


def _takes(matcher: Json, name: str, ref: str) -> bool:
    wanted = str(matcher.get("options", ""))
    match matcher.get("id"):
        case "byName":
            return wanted == name
        case "byRegexp":
            inside = re.fullmatch(r"/(.*)/[a-z]*", wanted)
            return bool(re.search(inside[1], name) if inside else re.fullmatch(wanted, name))
        case "byFrameRefID":
            return wanted == ref
        case "byType":
            return wanted == "number"
        case _:
            return False


def _mapped(mapping: Json, value: float | None) -> Json | None:
    """Give what a mapping makes of a value; None where it does not take it."""
    options = mapping.get("options", {})
    match mapping.get("type"):
        case "value" if value is not None:
            found = next((result for key, result in options.items() if _same(key, value)), None)
            return dict(found) if found is not None else None
        case "range" if value is not None:
            low, high = options.get("from"), options.get("to")
            inside = (low is None or value >= low) and (high is None or value <= high)
            return dict(options["result"]) if inside else None
        case "special":
            wanted = options.get("match")
            takes = value is None and wanted in {"null", "nan", "null+nan"}
            return dict(options["result"]) if takes else None
        case _:
            return None


def _same(key: str, value: float) -> bool:
    try:
        return float(key) == value
    except ValueError:
        return False
