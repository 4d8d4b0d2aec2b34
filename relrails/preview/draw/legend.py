"""What the colours of a chart mean, below it: a line of names, or a table with numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from relrails.preview import colors
from relrails.preview.draw.canvas import SMALL, Canvas, cut, width_of

ROW = 15
SHARE = 0.4
"""Of the height, that a legend may take."""
_CALCS = {"lastNotNull": "Last", "last": "Last", "max": "Max", "min": "Min", "mean": "Mean", "sum": "Total"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A name with its colour, and the numbers beside it."""

    name: str
    color: str
    numbers: tuple[str, ...] = ()


def calculated(calc: str, values: Sequence[float]) -> float:
    """Reduce the values of a series to one, as a legend does; NaN where there is none."""
    seen = [v for v in values if not math.isnan(v)]
    if not seen:
        return math.nan
    match calc:
        case "max":
            return max(seen)
        case "min":
            return min(seen)
        case "mean":
            return sum(seen) / len(seen)
        case "sum":
            return sum(seen)
        case _:
            return seen[-1]


def legend(canvas: Canvas, entries: Sequence[Entry], calcs: Sequence[str] = ()) -> float:
    """Draw the names at the bottom of a sheet; gives the height that they take."""
    most = max(int(canvas.height * SHARE // ROW), 1)
    if calcs:
        return _table(canvas, entries, calcs, most)
    lines: list[list[tuple[float, Entry]]] = [[]]
    x = 0.0
    for entry in entries:
        width = min(width_of(entry.name, SMALL) + 32, canvas.width)
        if x + width > canvas.width and lines[-1]:
            lines.append([])
            x = 0.0
        lines[-1].append((x, entry))
        x += width
    dropped = sum(len(line) for line in lines[most:])
    lines = lines[:most]
    top = canvas.height - ROW * len(lines)
    for index, line in enumerate(lines):
        y = top + ROW * (index + 0.5)
        for at, entry in line:
            canvas.line(at + 2, y, at + 14, y, color=entry.color, width=3)
            canvas.write(at + 19, y, cut(entry.name, canvas.width - at - 20, SMALL), size=SMALL)
    if dropped:
        canvas.write(
            canvas.width,
            top + ROW * (len(lines) - 0.5),
            f"… and {dropped} more",
            size=SMALL,
            color=colors.FAINT,
            align="right",
        )
    return ROW * len(lines) + 4


def _table(canvas: Canvas, entries: Sequence[Entry], calcs: Sequence[str], most: int) -> float:
    shown = entries if len(entries) < most else entries[: max(most - 2, 1)]
    dropped = len(entries) - len(shown)
    top = canvas.height - ROW * (len(shown) + 1 + bool(dropped))
    column = max([58.0, *(width_of(n, SMALL) + 14 for e in entries for n in e.numbers)])
    right = [canvas.width - column * (len(calcs) - 1 - i) - 2 for i in range(len(calcs))]
    for at, calc in zip(right, calcs, strict=True):
        canvas.write(at, top + ROW / 2, _CALCS.get(calc, calc), size=SMALL, color=colors.FAINT, align="right")
    room = canvas.width - column * len(calcs) - 24
    for index, entry in enumerate(shown, start=1):
        y = top + ROW * (index + 0.5)
        canvas.line(2, y, 14, y, color=entry.color, width=3)
        canvas.write(19, y, cut(entry.name, room, SMALL), size=SMALL)
        for at, number in zip(right, entry.numbers, strict=True):
            canvas.write(at, y, number, size=SMALL, align="right")
    if dropped:
        canvas.write(19, canvas.height - ROW / 2, f"… and {dropped} more", size=SMALL, color=colors.FAINT)
    return canvas.height - top + 4
