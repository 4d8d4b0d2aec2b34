"""Bars side by side: one for each series, the newest value of each."""

import math

from relrails.preview import colors
from relrails.preview.draw.canvas import FONT, SMALL, Canvas, cut, width_of
from relrails.preview.fields import Filled

THICKEST, THINNEST = 34.0, 13.0


def bars(canvas: Canvas, filled: Filled) -> None:
    """Draw horizontal bars in the order in which the query gives them."""
    found = [(f.name, f.newest, f.display) for f in filled.fields]
    most = max(int(canvas.height // THINNEST), 1)
    hidden = len(found) - most + 1 if len(found) > most else 0
    found = found[: len(found) - hidden] if hidden else found
    values = [v for _, v, _ in found if v is not None and math.isfinite(v)]
    low = float(found[0][2].get("min", min([0.0, *values])) or 0)
    high = found[0][2].get("max")
    high = float(high) if high is not None else max([low + 1e-9, *values])
    height = min(canvas.height / (len(found) + bool(hidden)), THICKEST)
    names = min(max(width_of(name) for name, _, _ in found) + 10, canvas.width * 0.45)
    shown = [display.show(value) for _, value, display in found]
    numbers = max(width_of(s.text, bold=True) for s in shown) + 10
    room = max(canvas.width - names - numbers, 10)
    for index, ((name, value, _), said) in enumerate(zip(found, shown, strict=True)):
        y = index * height
        canvas.write(names - 8, y + height / 2, cut(name, names - 10), align="right")
        if filled.panel.options.get("showUnfilled", True):
            canvas.box(names, y + 2, room, height - 4, colors.faded(colors.GRID, 0.7))
        if value is not None and not math.isnan(value):
            share = min(max((value - low) / (high - low), 0), 1) if high > low else 0
            canvas.box(names, y + 2, room * share, height - 4, said.color or colors.line(0))
        ink = said.color or colors.INK
        canvas.write(canvas.width - 4, y + height / 2, said.text, size=FONT, color=ink, align="right", bold=True)
    if hidden:
        canvas.write(names, len(found) * height + height / 2, f"… and {hidden} more", size=SMALL, color=colors.FAINT)
