"""What a benchmark found: rows under named columns, for people and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Cell = str | int | float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One table; `forms` says how the numbers of a column are shown, and notes are sentences below it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    forms: tuple[str, ...]
    notes: tuple[str, ...] = ()


def as_text(table: Table) -> str:
    """Draw a table: words to the left, numbers to the right."""
    shown = [[_cell(cell, form) for cell, form in zip(row, table.forms, strict=True)] for row in table.rows]
    columns = list(zip(table.columns, *shown, strict=True))
    widths = [max(map(len, column)) for column in columns]
    padded = (
        [cell.rjust(width) if form else cell.ljust(width) for cell in column]
        for column, width, form in zip(columns, widths, table.forms, strict=True)
    )
    lines = ["  ".join(row) for row in zip(*padded, strict=True)]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([table.title, "", lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:]), *_notes(table)])


def as_json(table: Table) -> dict[str, Any]:
    """Give a table as an object, each row by the names of its columns."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {"title": table.title, "rows": rows, "notes": list(table.notes)}


def _cell(cell: Cell, form: str) -> str:
    if cell is None:
        return "-"
    return cell if isinstance(cell, str) else format(cell, form)


def _notes(table: Table) -> Sequence[str]:
    return ("", *table.notes) if table.notes else ()
