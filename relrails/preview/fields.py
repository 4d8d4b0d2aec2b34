"""Fields: the named series and rows that a panel shows, made of the answers to its queries."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relrails.preview.answers import Answer, Dot, Series
from relrails.preview.board import Panel, Query
from relrails.preview.clock import Span
from relrails.preview.display import Display

Json = dict[str, Any]
Cell = float | str | None
Row = dict[str, Cell]

_LABEL = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One series under the name that the legend gives it."""

    name: str
    query: Query
    series: Series
    display: Display

    @property
    def newest(self) -> float | None:
        """Give the newest value that is a number; None where there is none."""
        return next((v for v in reversed(self.series.values) if not math.isnan(v)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A panel with the answers to its queries; `span` and `step` are the time that it shows."""

    panel: Panel
    title: str
    queries: tuple[tuple[Query, str, Answer], ...]
    span: Span
    step: float

    @property
    def troubles(self) -> tuple[str, ...]:
        """Say which queries failed, and why."""
        many = len(self.queries) > 1
        return tuple(f"{q.ref}: {a.trouble}" if many else str(a.trouble) for q, _, a in self.queries if a.trouble)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Repeat what the server remarked."""
        return tuple(dict.fromkeys(r for _, _, a in self.queries for r in a.remarks))

    @property
    def empty(self) -> bool:
        """Tell whether no query gave any number."""
        values = (v for _, _, a in self.queries for s in a.series for v in s.values)
        return all(math.isnan(v) for v in values)

    @property
    def dots(self) -> tuple[Dot, ...]:
        """Give the exemplars of all queries."""
        return tuple(dot for _, _, a in self.queries for dot in a.dots)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Give the series in the order of the queries; those of one query in that of their names, or as it sorts."""
        found = []
        for query, expr, answer in self.queries:
            named = [(name_of(query.legend, s.labels, expr), s) for s in answer.series]
            if not query.instant:
                named.sort(key=lambda pair: pair[0])
            found += [
                Field(name=name, query=query, series=s, display=Display.of(self.panel, name, query.ref))
                for name, s in named
            ]
        return tuple(found)

    @property
    def display(self) -> Display:
        """Give the settings of a field that no override takes."""
        return Display.of(self.panel, "")


def name_of(legend: str, labels: Mapping[str, str], expr: str) -> str:
    """Name a series as its legend says; without one as Prometheus writes it."""
    if legend and legend != "__auto":
        return " ".join(_LABEL.sub(lambda m: labels.get(m[1], ""), legend).split())
    inner = ", ".join(f'{k}="{v}"' for k, v in sorted(labels.items()) if k != "__name__")
    metric = labels.get("__name__", "")
    return f"{metric}{{{inner}}}" if inner else metric or " ".join(expr.split())


def rows(filled: Filled) -> tuple[list[str], list[Row]]:
    """Give a table: the names of its columns in order, and its rows, after the panel's transformations."""
    single = len(filled.queries) == 1
    tables = [
        [_row(s, "Value" if single else f"Value #{query.ref}") for s in answer.series]
        for query, _, answer in filled.queries
    ]
    steps = filled.panel.json.get("transformations", [])
    found = _merged(tables) if any(s["id"] == "merge" for s in steps) else [row for table in tables for row in table]
    columns = list(dict.fromkeys(name for row in found for name in row))
    for step in steps:
        columns, found = _transformed(step, columns, found)
    return columns, _sorted(found, filled.panel.options.get("sortBy", []))


def _row(series: Series, value: str) -> Row:
    row: Row = {"Time": series.times[-1]}
    row |= {name: text for name, text in sorted(series.labels.items()) if name != "__name__"}
    row[value] = series.values[-1]
    return row


def _merged(tables: Sequence[Sequence[Row]]) -> list[Row]:
    """Join rows that agree on every label that both have."""
    joined: list[Row] = []
    for table in tables:
        before = list(joined)
        for row in table:
            same = next((old for old in before if _agree(old, row)), None)
            if same is None:
                joined.append(dict(row))
            else:
                same |= {name: cell for name, cell in row.items() if name not in same}
    return joined


def _agree(one: Row, other: Row) -> bool:
    shared = [name for name in one if name in other and name != "Time"]
    return all(one[name] == other[name] for name in shared) and bool(shared)


def _transformed(step: Json, columns: list[str], found: list[Row]) -> tuple[list[str], list[Row]]:
    options = step.get("options", {})
    match step["id"]:
        case "organize":
            return _organized(options, columns, found)
        case "filterFieldsByName":
            pattern = options.get("include", {}).get("pattern", ".*")
            return [name for name in columns if re.search(pattern, name)], found
        case "sortBy":
            wanted = [{"displayName": s["field"], "desc": s.get("desc")} for s in options.get("sort", [])]
            return columns, _sorted(found, wanted)
        case _:
            return columns, found


def _organized(options: Json, columns: list[str], found: list[Row]) -> tuple[list[str], list[Row]]:
    hidden = {name for name, out in options.get("excludeByName", {}).items() if out}
    order = options.get("indexByName", {})
    renamed = {name: shown for name, shown in options.get("renameByName", {}).items() if shown}
    kept = sorted((n for n in columns if n not in hidden), key=lambda n: order.get(n, len(order)))
    return (
        [renamed.get(name, name) for name in kept],
        [{renamed.get(name, name): row[name] for name in kept if name in row} for row in found],
    )


def _sorted(found: list[Row], wanted: Sequence[Json]) -> list[Row]:
    for step in reversed(wanted):
        name = step["displayName"]
        have = [row for row in found if row.get(name) is not None]
        have.sort(key=lambda row: _key(row[name]), reverse=bool(step.get("desc")))
        found = [*have, *(row for row in found if row.get(name) is None)]
    return found


def _key(cell: Cell) -> tuple[int, float, str]:
    if isinstance(cell, str) or cell is None:
        return 1, 0.0, str(cell)
    return 0, math.inf if math.isnan(cell) else cell, ""
