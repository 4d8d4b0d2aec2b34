"""How a field of a panel is shown: unit, thresholds, value mappings, links and overrides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

from relrails.render.grafana.unit import Unit
from relrails.units import plain

Number = int | float | Decimal
Json = dict[str, Any]

GREEN, YELLOW, ORANGE, RED, BLUE = "green", "yellow", "orange", "red", "blue"
GREY = "#73757d"  # Grafana has no name for it
NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Colours from a base upwards: `Thresholds(RED, (0, YELLOW), (0.25, GREEN))` is red below zero."""

    base: str
    steps: tuple[tuple[Number, str], ...]

    def __init__(self, base: str, *steps: tuple[Number, str]) -> None:
        """Take the colour below the first step, then each step with the value at which its colour begins."""
        values = [value for value, _ in steps]
        if any(later <= earlier for earlier, later in pairwise(values)):
            msg = f"thresholds must ascend, not {values}"  # Grafana paints unsorted steps in an order of its own
            raise ValueError(msg)
        object.__setattr__(self, "base", base)
        object.__setattr__(self, "steps", steps)

    def times(self, factor: Decimal) -> "Thresholds":
        """Give the same colours on another scale."""
        return Thresholds(self.base, *((plain(Decimal(str(value)) * factor), color) for value, color in self.steps))

    def to_json_data(self) -> Json:
        """Give Grafana's form, in which the base step alone has the value null."""
        steps: list[Json] = [{"color": self.base, "value": None}]
        return {"mode": "absolute", "steps": [*steps, *({"color": c, "value": v} for v, c in self.steps)]}


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueText:
    """A number shown as a word, such as 2 as FIRING."""

    value: int
    text: str
    color: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RangeText:
    """A span of numbers shown as a word."""

    from_: Number
    to: Number
    text: str
    color: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingText:
    """A word for a value that is null or NaN; without it Grafana gives such a value the colour of the lowest threshold.

    That would be a green tile that says "no data".
    """

    text: str = NO_DATA
    color: str = GREY


Meaning = ValueText | RangeText | MissingText


def mappings_json(meanings: Sequence[Meaning]) -> list[Json]:
    """Give Grafana's form of the value mappings, in the order in which they are tried."""
    return [_mapping(meaning, index) for index, meaning in enumerate(meanings)]


def _mapping(meaning: Meaning, index: int) -> Json:
    result: Json = {"text": meaning.text, "index": index}
    if meaning.color is not None:
        result["color"] = meaning.color
    match meaning:
        case ValueText(value=value):
            return {"type": "value", "options": {str(value): result}}
        case RangeText(from_=from_, to=to):
            return {"type": "range", "options": {"from": from_, "to": to, "result": result}}
        case MissingText():
            return {"type": "special", "options": {"match": "null+nan", "result": result}}


@dataclass(frozen=True, kw_only=True, slots=True)
class DataLink:
    """A link on a value; the URL may hold `${__field.labels.service}` and its like."""

    title: str
    url: str
    new_tab: bool = False

    def to_json_data(self) -> Json:
        """Give Grafana's form."""
        return {"title": self.title, "url": self.url, "targetBlank": self.new_tab}


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """Other settings for the fields that a matcher picks."""

    by: Literal["byName", "byRegexp", "byFrameRefID", "byType"] = "byName"
    match: str
    properties: Mapping[str, Any] = field(default_factory=dict)

    def to_json_data(self) -> Json:
        """Give Grafana's form, properties sorted by name."""
        return {
            "matcher": {"id": self.by, "options": self.match},
            "properties": [{"id": name, "value": _plain(value)} for name, value in sorted(self.properties.items())],
        }


def _plain(value: object) -> object:
    return value.value if isinstance(value, Unit) else value


def column(
    name: str,
    *,
    unit: Unit | None = None,
    decimals: int | None = None,
    thresholds: Thresholds | None = None,
    meanings: Sequence[Meaning] = (),
    links: Sequence[DataLink] = (),
    width: int | None = None,
    cell: Literal["text", "background", "gauge"] | None = None,
    least: Number | None = None,
    most: Number | None = None,
) -> Override:
    """Set up one column of a table, by the name that its reader sees."""
    properties: dict[str, Any] = {}
    if unit is not None:
        properties["unit"] = unit
    if decimals is not None:
        properties["decimals"] = decimals
    if thresholds is not None:
        properties["thresholds"] = thresholds.to_json_data()
    if meanings:
        properties["mappings"] = mappings_json((*meanings, MissingText()))
    if links:
        properties["links"] = [link.to_json_data() for link in links]
    if width is not None:
        properties["custom.width"] = width
    if cell is not None:
        properties["custom.cellOptions"] = _CELLS[cell]
    if least is not None:
        properties["min"] = least
    if most is not None:
        properties["max"] = most
    return Override(match=name, properties=properties)


_CELLS: dict[str, Json] = {
    "text": {"type": "color-text"},
    "background": {"type": "color-background", "mode": "basic"},
    "gauge": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"},
}


def fixed_color(color: str) -> Json:
    """Always the same colour."""
    return {"mode": "fixed", "fixedColor": color}


def dashed_line(name: str, color: str, *, by: Literal["byName", "byRegexp"] = "byName") -> Override:
    """Draw a series as a thin dashed line: an objective or a limit, not a measurement."""
    return Override(
        by=by,
        match=name,
        properties={
            "color": fixed_color(color),
            "custom.lineStyle": {"dash": [10, 10], "fill": "dash"},
            "custom.lineWidth": 1,
            "custom.fillOpacity": 0,
        },
    )
