"""Any dashboard in one form: today's schema, no nulls, no leftovers of old Grafanas, stable ids, sorted keys.

It takes what grafanalib, Grafana's own SDK or a plain dict gives, also mixed, and changes nothing that Grafana 13 would
show. Keys are removed by their place (a panel's `height`, not every `height`), because options may have any name.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

SCHEMA_VERSION = 42  # the last of the classic model; grafanalib says 12, and then 30 migrations run over modern panels

Json = dict[str, Any]

_DASHBOARD_LEFTOVERS = frozenset(
    {
        "__elements",
        "__inputs",
        "__requires",
        "gnetId",
        "hideControls",
        "id",
        "iteration",
        "rows",
        "sharedCrosshair",
        "style",
        "version",
    }
)
_PANEL_LEFTOVERS = frozenset({"cacheTimeout", "editable", "error", "height", "isNew", "minSpan", "span", "thresholds"})
_PANEL_DEFAULTS: Json = {
    "hideTimeOverride": False,
    "links": [],
    "maxDataPoints": 100,  # grafanalib's, not Grafana's: a hundred points on a wide screen
    "repeatDirection": "h",
    "transformations": [],
    "transparent": False,
}
_TARGET_LEFTOVERS = frozenset({"intervalFactor", "metric", "step", "target"})
_TARGET_DEFAULTS: Json = {"exemplar": False, "hide": False, "instant": False, "interval": "", "legendFormat": ""}
_VARIABLE_LEFTOVERS = frozenset({"tags", "tagsQuery", "tagValuesQuery", "useTags"})
_INTERVAL_ONLY = frozenset({"auto", "auto_count", "auto_min"})
_WHOLE = 2**53  # beyond it JavaScript, and so Grafana, knows no whole numbers
_ID_SPACE = 2**31 - 1  # what every layer of Grafana can hold


def normalise(dashboard: object, key: str | None = None) -> Json:
    """Give a dashboard in its one form; `key` is what panel ids are made of, by default its uid.

    Raises ValueError where two panels have the same key, or a number is not finite.
    """
    board = _plain(dashboard)
    if not isinstance(board, dict):
        msg = f"a dashboard is an object, not {type(dashboard).__name__}"
        raise TypeError(msg)
    for leftover in _DASHBOARD_LEFTOVERS & board.keys():
        del board[leftover]
    board["schemaVersion"] = SCHEMA_VERSION
    if board.get("timepicker") == _GRAFANALIB_TIMEPICKER:
        del board["timepicker"]
    for variable in board.get("templating", {}).get("list", []):
        _variable(variable)
    panels = board.setdefault("panels", [])
    for panel in _every(panels):
        _panel(panel)
    _number(panels, key or str(board.get("uid") or board.get("title") or ""))
    return board


_GRAFANALIB_TIMEPICKER = {
    "hidden": False,
    "refresh_intervals": ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],
    "time_options": ["5m", "15m", "1h", "6h", "12h", "24h", "2d", "7d", "30d"],
}


def _plain(value: Any, place: str = "") -> Any:
    """Turn objects into plain JSON values, without nulls except where a null means something; `place` is their key."""
    kind = type(value)
    if value is None or kind is str or kind is int or kind is bool:
        return value
    if kind is dict:
        return _members(value, place)
    if kind is list or kind is tuple:
        return [_plain(inner, place) for inner in value]
    if kind is float or kind is Decimal:
        return _finite(value)
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return _members(value, place)
    for method in ("to_json_data", "to_json"):
        if hasattr(value, method):
            return _plain(getattr(value, method)(), place)
    msg = f"{kind.__name__} has no form in JSON"
    raise TypeError(msg)


def _members(value: Mapping[Any, Any], place: str) -> Json:
    means = _NULL_MEANS.get(place, frozenset())
    members: Json = {}
    for name, inner in value.items():
        plain = _plain(inner, "mapping" if name == "options" and place == "mappings" else str(name))
        if plain is not None or name in means:
            members[str(name)] = plain
    return members


# A threshold's null is minus infinity, and that of a mapped range is an open end; every other null means "not set".
_NULL_MEANS = {"steps": frozenset({"value"}), "mapping": frozenset({"from", "to"})}


def _finite(value: float | Decimal) -> int | float:
    if not math.isfinite(value):
        msg = f"{value} has no form in JSON"
        raise ValueError(msg)
    return int(value) if value == int(value) and math.fabs(value) < _WHOLE else float(value)


def _every(panels: list[Json]) -> Iterator[Json]:
    for panel in panels:
        yield panel
        yield from _every(panel.get("panels", []))


def _drop(data: Json, leftovers: frozenset[str], defaults: Json) -> None:
    for leftover in leftovers & data.keys():
        del data[leftover]
    for name, default in defaults.items():
        if name in data and data[name] == default:
            del data[name]


def _variable(variable: Json) -> None:
    _drop(variable, _VARIABLE_LEFTOVERS, {})
    if variable.get("type") != "interval":
        _drop(variable, _INTERVAL_ONLY, {})
    if variable.get("type") == "datasource":
        variable.pop("current", None)  # grafanalib writes a name where a uid belongs; Grafana then finds nothing
        variable.pop("datasource", None)
    current = variable.get("current")
    if isinstance(current, dict):
        current.pop("tags", None)
        if "value" not in current:
            del variable["current"]


def _panel(panel: Json) -> None:
    _drop(panel, _PANEL_LEFTOVERS, _PANEL_DEFAULTS)
    if panel.get("type") == "row":
        panel.setdefault("panels", [])
        _drop(panel, frozenset({"datasource", "fieldConfig", "targets"}), {})
        return
    for target in panel.get("targets", []):
        if target.get("query") == target.get("expr"):
            target.pop("query", None)
        _drop(target, _TARGET_LEFTOVERS, _TARGET_DEFAULTS)
    if panel.get("targets") == []:
        del panel["targets"]
    config = panel.setdefault("fieldConfig", {})
    defaults = config.setdefault("defaults", {})
    config.setdefault("overrides", [])
    if "thresholds" in defaults:
        _thresholds(defaults)
    legend = panel.get("options", {}).get("legend")
    if isinstance(legend, dict) and "displayMode" in legend:
        legend.setdefault("showLegend", legend["displayMode"] != "hidden")


def _thresholds(defaults: Json) -> None:
    """Repair grafanalib's steps, in which the base is the text "null" and the default is an empty text."""
    steps = defaults["thresholds"].get("steps")
    if not steps:
        del defaults["thresholds"]
        return
    for index, step in enumerate(steps):
        for leftover in ("index", "line", "op", "yaxis"):
            step.pop(leftover, None)
        if index == 0 and step.get("value") in (None, "null"):
            step["value"] = None


def _number(panels: list[Json], dashboard: str) -> None:
    """Number the panels by what they are, not by where they stand, so that an insertion renumbers nothing."""
    seen: set[str] = set()
    taken: set[int] = set()
    for panel in _every(panels):
        key = panel.pop("key", None) or _key_of(panel, seen)
        if key in seen:
            msg = f"two panels of dashboard {dashboard!r} have the key {key!r}"
            raise ValueError(msg)
        seen.add(key)
        panel["id"] = _id(dashboard, key, taken)
        taken.add(panel["id"])


def _key_of(panel: Json, seen: set[str]) -> str:
    """Name a panel that came without a key by its type and title, counting those that share both."""
    name = f"{panel.get('type', '')}:{panel.get('title', '')}"
    key, count = name, 1
    while key in seen:
        count += 1
        key = f"{name}#{count}"
    return key


def _id(dashboard: str, key: str, taken: set[int]) -> int:
    for attempt in range(1000):
        digest = hashlib.sha256(f"{dashboard}\0{key}\0{attempt}".encode()).digest()
        number = int.from_bytes(digest[:8], "big") % _ID_SPACE + 1
        if number not in taken:
            return number
    msg = f"no free panel id for {key!r}"  # a thousand collisions among two thousand million ids
    raise ValueError(msg)
