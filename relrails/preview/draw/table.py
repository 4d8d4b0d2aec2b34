"""Rows and columns, each column with its own unit, words and colours."""

import math
from datetime import UTC, datetime

from relrails.preview import colors
from relrails.preview.display import Display, Shown
from relrails.preview.draw.canvas import FONT, SMALL, Canvas, cut, width_of
from relrails.preview.fields import Cell, Filled, Row, rows

ROW = 22.0
PADDING = 14.0


def table(canvas: Canvas, filled: Filled) -> None:
    """Draw a table, as many rows of it as fit."""
    columns, found = rows(filled)
    displays = {name: Display.of(filled.panel, name) for name in columns}
    columns = [name for name in columns if not (displays[name].get("custom.hideFrom") or {}).get("viz")]
    most = max(int(canvas.height // ROW) - 1, 1)
    dropped = len(found) - most + 1 if len(found) > most else 0
    shown = found[: len(found) - dropped] if dropped else found
    widths = _widths(canvas, columns, displays, shown)
    x = 0.0
    for name, width in zip(columns, widths, strict=True):
        number = any(not isinstance(row.get(name), str) for row in shown if row.get(name) is not None)
        at = x + width - 6 if number else x + 6
        canvas.write(at, ROW / 2, cut(name, width - 8, bold=True), bold=True, align="right" if number else "left")
        for index, row in enumerate(shown, start=1):
            _cell(canvas, (x, index * ROW, width), displays[name], name, row, number=number)
        x += width
    for index in range(1, len(shown) + 1):
        canvas.line(0, index * ROW, sum(widths), index * ROW, color=colors.GRID)
    if dropped:
        y = (len(shown) + 1.5) * ROW
        canvas.write(6, y, f"… and {dropped} more rows", size=SMALL, color=colors.FAINT)


def _widths(canvas: Canvas, columns: list[str], displays: dict[str, Display], found: list[Row]) -> list[float]:
    wanted = []
    for name in columns:
        texts = [name, *(_shown(displays[name], name, row.get(name)).text for row in found)]
        fixed = displays[name].get("custom.width")
        bar = 60 if _kind(displays[name]) == "gauge" else 0
        wanted.append(float(fixed) if fixed else max(width_of(t, bold=True) for t in texts) + PADDING + bar)
    stretch = canvas.width / max(sum(wanted), 1)
    return [width * stretch for width in wanted]


def _cell(
    canvas: Canvas, at: tuple[float, float, float], display: Display, name: str, row: Row, *, number: bool
) -> None:
    x, y, width = at
    shown = _shown(display, name, row.get(name))
    ink, middle = colors.INK, y + ROW / 2
    kind = _kind(display)
    if kind == "color-background" and shown.color:
        canvas.box(x + 1, y + 1, width - 2, ROW - 2, shown.color)
        ink = colors.PAPER
    elif kind in {"color-text", "gauge"}:
        ink = shown.color or ink
    if kind == "gauge":
        _bar(canvas, (x + 4, y + 5, width - width_of(shown.text) - 20), display, row.get(name), shown)
    edge = x + width - 6 if number else x + 6
    canvas.write(edge, middle, cut(shown.text, width - 8), color=ink, align="right" if number else "left")


def _bar(canvas: Canvas, at: tuple[float, float, float], display: Display, value: Cell, shown: Shown) -> None:
    x, y, width = at
    low, high = float(display.get("min") or 0), float(display.get("max") or 100)
    canvas.box(x, y, width, ROW - 10, colors.faded(colors.GRID, 0.7))
    if isinstance(value, float) and math.isfinite(value) and high > low:
        canvas.box(x, y, width * min(max((value - low) / (high - low), 0), 1), ROW - 10, shown.color or colors.line(0))


def _kind(display: Display) -> str:
    return str((display.get("custom.cellOptions") or {}).get("type", "auto"))


def _shown(display: Display, name: str, cell: Cell) -> Shown:
    if isinstance(cell, str):
        return Shown(cell, None)
    if name == "Time" and cell is not None:
        return Shown(datetime.fromtimestamp(cell, UTC).strftime("%Y-%m-%d %H:%M:%S"), None)
    return display.show(cell)


SIZE = FONT
