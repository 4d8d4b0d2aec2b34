"""States over time: a lane for each series, in spans of equal states or in one cell for each step."""

import math
from collections.abc import Iterator

from relrails.preview import colors
from relrails.preview.display import Shown
from relrails.preview.draw.axes import time_axis
from relrails.preview.draw.canvas import SMALL, Canvas, cut, width_of
from relrails.preview.draw.legend import Entry, legend
from relrails.preview.fields import Field, Filled

BELOW = 24
THINNEST = 12.0


def timeline(canvas: Canvas, filled: Filled) -> None:
    """Draw spans; equal neighbours are one."""
    _lanes(canvas, filled, merge=True)


def history(canvas: Canvas, filled: Filled) -> None:
    """Draw cells."""
    _lanes(canvas, filled, merge=False)


def _lanes(canvas: Canvas, filled: Filled, *, merge: bool) -> None:
    fields = filled.fields
    seen = {field.display.show(v) for field in fields for v in field.series.values if not math.isnan(v)}
    below = 0.0
    if (filled.panel.options.get("legend") or {}).get("showLegend") and filled.display.get("mappings"):
        below = legend(canvas, [Entry(s.text, s.color or colors.FAINT) for s in sorted(seen, key=lambda s: s.text)])
    bottom = canvas.height - below - BELOW
    most = max(int(bottom // THINNEST), 1)
    hidden = len(fields) - most + 1 if len(fields) > most else 0
    fields = fields[: len(fields) - hidden] if hidden else fields
    names = min(max(width_of(f.name, SMALL) for f in fields) + 10, canvas.width * 0.4)
    axes = canvas.chart(names, 2, canvas.width - 6, bottom)
    axes.set_ylim(1, 0)
    axes.yaxis.set_visible(False)
    time_axis(axes, filled.span, canvas.width - names)
    height = (bottom - 2) / (len(fields) + bool(hidden))
    per_second = (canvas.width - 6 - names) / filled.span.length
    thick = height * float(filled.panel.options.get("rowHeight", 0.9))
    for index, field in enumerate(fields):
        y = 2 + index * height + (height - thick) / 2
        canvas.write(names - 6, y + thick / 2, cut(field.name, names - 8, SMALL), size=SMALL, align="right")
        for begin, end, shown in _spans(field, filled, merge=merge):
            x = names + (begin - filled.span.start) * per_second
            width = (end - begin) * per_second * (1 if merge else float(filled.panel.options.get("colWidth", 0.9)))
            canvas.box(x, y, width, thick, shown.color or colors.FAINT)
            if width_of(shown.text, SMALL) + 6 < width and thick > SMALL:
                at = x + 4 if merge else x + width / 2
                canvas.write(
                    at, y + thick / 2, shown.text, size=SMALL, color=colors.PAPER, align="left" if merge else "center"
                )
    if hidden:
        canvas.write(names, bottom - height / 2, f"… and {hidden} more", size=SMALL, color=colors.FAINT)


def _spans(field: Field, filled: Filled, *, merge: bool) -> Iterator[tuple[float, float, Shown]]:
    begin: float | None = None
    before: Shown | None = None
    ends = filled.span.start
    for at, value in zip(field.series.times, field.series.values, strict=True):
        shown = None if math.isnan(value) else field.display.show(value)
        if before is not None and begin is not None and (shown != before or not merge):
            yield begin, min(at, filled.span.end), before
            before = None
        if shown is not None and before is None:
            begin, before = max(at, filled.span.start), shown
        ends = at + filled.step
    if before is not None and begin is not None:
        yield begin, min(ends, filled.span.end), before
