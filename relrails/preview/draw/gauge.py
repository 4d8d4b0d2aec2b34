"""A number on a dial, with its thresholds around it."""

import math

from matplotlib.patches import Wedge

from relrails.preview import colors
from relrails.preview.display import Display
from relrails.preview.draw.canvas import Canvas, cut, fitting
from relrails.preview.fields import Filled

FROM, TO = 200.0, -20.0
"""Degrees between which the dial runs, clockwise."""


def gauge(canvas: Canvas, filled: Filled) -> None:
    """Draw a dial for each series."""
    dials = [(f.name, f.newest, f.display) for f in filled.fields] or [("", None, filled.display)]
    width = canvas.width / len(dials)
    for index, (name, value, display) in enumerate(dials):
        _dial(canvas, (index * width, width), name if len(dials) > 1 else "", value, display)


def _dial(canvas: Canvas, across: tuple[float, float], name: str, value: float | None, display: Display) -> None:
    left, width = across
    shown = display.show(value)
    low, high = float(display.get("min") or 0), float(display.get("max") or 100)
    below = 16 if name else 0
    radius = max(min(width / 2 - 8, (canvas.height - below - 12) / 1.4), 10)
    x, y = left + width / 2, 6 + radius

    def ring(begin: float, end: float, color: str, outer: float, thickness: float) -> None:
        start, stop = (_degrees(share) for share in (begin, end))
        # The sheet's y grows downwards, so its angles run the other way.
        canvas.sheet.add_patch(Wedge((x, y), outer, -start, -stop, width=thickness, facecolor=color, edgecolor="none"))

    ring(0, 1, colors.GRID, radius - 5, radius * 0.24)
    if value is not None and not math.isnan(value):
        share = min(max((value - low) / (high - low), 0), 1) if high > low else 0
        ring(0, share, shown.color or colors.line(0), radius - 5, radius * 0.24)
    if display.get("thresholds"):
        for begins, ends, color in display.bands:
            begin, end = max(begins, low), min(ends, high)
            if end > begin:
                ring((begin - low) / (high - low), (end - low) / (high - low), color, radius, 3)
    size = fitting([shown.text], radius * 1.25, radius * 0.5)
    canvas.write(
        x, y - radius * 0.02, shown.text, size=size, color=shown.color or colors.INK, align="center", bold=True
    )
    if name:
        canvas.write(x, canvas.height - 8, cut(name, width - 8), align="center")


def _degrees(share: float) -> float:
    return FROM + (TO - FROM) * share
