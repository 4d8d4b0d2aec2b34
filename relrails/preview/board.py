"""A dashboard's JSON as what is drawn: sections of panels, each with its queries and its place."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

COLUMNS = 24


class NotADashboardError(ValueError):
    """A file that holds no dashboard of the classic model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One query of a panel."""

    ref: str
    expr: str
    legend: str
    instant: bool
    form: str
    exemplars: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel as its JSON says it; what is missing has Grafana's default."""

    json: Json

    @property
    def type(self) -> str:
        """Name the kind of the panel."""
        return str(self.json.get("type", ""))

    @property
    def title(self) -> str:
        """Give its title, with variables in it."""
        return str(self.json.get("title", ""))

    @property
    def description(self) -> str:
        """Say what it shows."""
        return str(self.json.get("description", ""))

    @property
    def options(self) -> Json:
        """Give the options of its type."""
        return dict(self.json.get("options", {}))

    @property
    def defaults(self) -> Json:
        """Give how its fields are shown."""
        return dict(self.json.get("fieldConfig", {}).get("defaults", {}))

    @property
    def overrides(self) -> list[Json]:
        """Give what is different for some fields."""
        return list(self.json.get("fieldConfig", {}).get("overrides", []))

    @property
    def custom(self) -> Json:
        """Give the field settings of its type."""
        return dict(self.defaults.get("custom", {}))

    @property
    def at(self) -> Mapping[str, int]:
        """Give its place on the grid: x, y, w and h."""
        place = self.json.get("gridPos", {})
        return {"x": 0, "y": 0, "w": COLUMNS, "h": 8, **place}

    @property
    def queries(self) -> tuple[Query, ...]:
        """Give its queries, but for those that are hidden."""
        return tuple(
            Query(
                ref=str(target.get("refId", "A")),
                expr=str(target["expr"]),
                legend=str(target.get("legendFormat", "")),
                instant=bool(target.get("instant", False)),
                form=str(target.get("format", "time_series")),
                exemplars=bool(target.get("exemplar", False)),
            )
            for target in self.json.get("targets", [])
            if target.get("expr") and not target.get("hide")
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading and the panels below it."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard."""

    json: Json

    @property
    def title(self) -> str:
        """Give its title."""
        return str(self.json.get("title", ""))

    @property
    def since(self) -> str:
        """Give how far back it looks when it is opened, as a duration."""
        return str(self.json.get("time", {}).get("from", "now-6h")).removeprefix("now-")

    @property
    def sections(self) -> tuple[Section, ...]:
        """Give its panels by section, from top to bottom, and those above the first heading under none."""
        found: list[tuple[str, list[Panel]]] = [("", [])]
        for panel in sorted(self._panels(), key=lambda p: (p.at["y"], p.at["x"])):
            if panel.type == "row":
                found.append((panel.title, [Panel(p) for p in panel.json.get("panels", [])]))
            else:
                found[-1][1].append(panel)
        return tuple(Section(title=title, panels=tuple(panels)) for title, panels in found if title or panels)

    def _panels(self) -> Iterator[Panel]:
        for item in self.json.get("panels", []):
            yield Panel(item)


def read(file: Path) -> Board:
    """Read a dashboard; raises OSError and NotADashboardError."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotADashboardError(f"{file} is not JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("panels"), list):
        raise NotADashboardError(f"{file} is no dashboard of the classic model: it has no list of panels")
    return Board(found)
