"""Density over time: the buckets of a histogram, or plain values put into buckets."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.collections import PatchCollection
from matplotlib.colors import PowerNorm
from matplotlib.patches import Rectangle

from relrails.preview import colors, numbers
from relrails.preview.draw.axes import time_axis
from relrails.preview.draw.canvas import SMALL, Canvas, width_of
from relrails.preview.draw.legend import ROW
from relrails.preview.fields import Filled

BELOW = 24
COLUMNS = 90
ROWS = 16
"""Cells of one chart: more would not be seen, and make the file large."""
Cells = Mapping[tuple[int, int], float]


def heat(canvas: Canvas, filled: Filled) -> None:
    """Draw a heatmap."""
    if filled.panel.options.get("calculate"):
        names, cells = _calculated(filled)
    else:
        names, cells = _buckets(filled)
    bottom = canvas.height - BELOW - ROW
    left = max(width_of(name, SMALL) for name in names) + 10
    axes = canvas.chart(left, 4, canvas.width - 6, bottom)
    time_axis(axes, filled.span, canvas.width - left)
    axes.set_ylim(0, len(names))
    every = max(math.ceil(len(names) * 12 / max(bottom, 1)), 1)
    axes.set_yticks([i + 0.5 for i in range(0, len(names), every)], [names[i] for i in range(0, len(names), every)])
    axes.grid(False)
    wide = filled.span.length / COLUMNS
    color = filled.panel.options.get("color") or {}
    scheme = str(color.get("scheme", "Oranges"))
    drawn = PatchCollection(
        [Rectangle((filled.span.start + x * wide, y), wide, 1) for x, y in cells], linewidth=0.4, edgecolor="white"
    )
    drawn.set_cmap(mpl.colormaps[scheme if scheme in mpl.colormaps else "Oranges"])
    drawn.set_norm(PowerNorm(float(color.get("exponent", 0.5)), 0, max([*cells.values(), 1e-9])))
    drawn.set_array([*cells.values()])
    axes.add_collection(drawn)
    said = numbers.text(max(cells.values(), default=0), "short")
    canvas.write(left, canvas.height - ROW / 2, f"darkest: {said}", size=SMALL, color=colors.FAINT)


def _column(at: float, filled: Filled) -> int:
    return min(max(int((at - filled.span.start) / filled.span.length * COLUMNS), 0), COLUMNS - 1)


def _unit(filled: Filled) -> str | None:
    return (filled.panel.options.get("yAxis") or {}).get("unit") or filled.display.unit


def _calculated(filled: Filled) -> tuple[list[str], Cells]:
    """Count values in rows of equal height."""
    points = [
        (at, value)
        for field in filled.fields
        for at, value in zip(field.series.times, field.series.values, strict=True)
        if math.isfinite(value)
    ]
    low, high = min(v for _, v in points), max(v for _, v in points)
    size = _round((high - low) / ROWS) if high > low else 1.0
    first = math.floor(low / size)
    rows = math.floor(high / size) - first + 1
    cells = Counter((_column(at, filled), math.floor(value / size) - first) for at, value in points)
    return [numbers.text((first + row) * size, _unit(filled)) for row in range(rows)], cells


def _buckets(filled: Filled) -> tuple[list[str], Cells]:
    """Take each bucket without those below it; its name is its upper bound."""
    found = sorted(
        (float(field.series.labels.get("le", "nan")), dict(zip(field.series.times, field.series.values, strict=True)))
        for field in filled.fields
        if "le" in field.series.labels
    )
    sums: Counter[tuple[int, int]] = Counter()
    seen: Counter[tuple[int, int]] = Counter()
    for row, (_, values) in enumerate(found):
        below = found[row - 1][1] if row else {}
        for at, value in values.items():
            own = value - below.get(at, 0.0)
            if math.isfinite(own):
                sums[_column(at, filled), row] += own  # type: ignore[assignment] # a sum of floats
                seen[_column(at, filled), row] += 1
    least = float((filled.panel.options.get("filterValues") or {}).get("le", 0) or 0)
    cells = {place: sums[place] / seen[place] for place in sums if sums[place] / seen[place] > least}
    return [_bound(bound, _unit(filled)) for bound, _ in found], cells


def _bound(bound: float, unit: str | None) -> str:
    return "+Inf" if math.isinf(bound) else numbers.text(bound, unit)


def _round(size: float) -> float:
    """Give the next larger of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= size * 0.999)


def readable(filled: Filled) -> Sequence[str]:
    """Say why a heatmap cannot be drawn; nothing where it can."""
    if filled.panel.options.get("calculate") or any("le" in f.series.labels for f in filled.fields):
        return ()
    return ("native histograms are not drawn here: this sketch knows the classic ones, with a label le",)
