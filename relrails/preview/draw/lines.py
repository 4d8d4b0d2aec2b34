"""Lines over time, with their gaps, limits, exemplars and legend."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from relrails.preview import colors
from relrails.preview.display import Display
from relrails.preview.draw.axes import limits, time_axis, value_axis
from relrails.preview.draw.canvas import Canvas
from relrails.preview.draw.legend import Entry, calculated, legend
from relrails.preview.fields import Field, Filled

BELOW = 24
"""Pixels for the marks of time."""


@dataclass(frozen=True, slots=True)
class _Line:
    field: Field
    color: str
    times: tuple[float, ...]
    values: tuple[float, ...]
    base: tuple[float, ...]


def lines(canvas: Canvas, filled: Filled) -> None:
    """Draw a time series."""
    drawn = _stacked(filled.fields)
    below = _legend(canvas, filled, drawn)
    display = filled.display
    scale = display.get("custom.scaleDistribution") or {}
    log = float(scale.get("log", 10)) if scale.get("type") == "log" else None
    dots = [dot for dot in filled.dots if filled.span.start <= dot.at <= filled.span.end]
    inside = [v for line in drawn for v in line.values] + [dot.value for dot in dots]
    low, high = limits(display, inside, log=log)
    bottom = canvas.height - below - BELOW
    axes = canvas.chart(0, 6, canvas.width - 6, bottom)
    left = value_axis(axes, display, low, high, bottom - 6, log=log)
    axes.set_position(
        (
            left / canvas.width,
            1 - bottom / canvas.height,
            (canvas.width - 6 - left) / canvas.width,
            (bottom - 6) / canvas.height,
        )
    )
    time_axis(axes, filled.span, canvas.width - left)
    for line in drawn:
        _draw(axes, line, filled.step)
    _thresholds(axes, display, low, high)
    if dots:
        axes.scatter([d.at for d in dots], [d.value for d in dots], marker="D", s=14, color=colors.line(2), zorder=4)


def _stacked(fields: Sequence[Field]) -> list[_Line]:
    """Put series on one another where the panel says so; a gap in one of them counts as nothing."""
    out: list[_Line] = []
    heights: dict[float, float] = {}
    for index, field in enumerate(fields):
        color = field.display.fixed or colors.line(index)
        times, values = field.series.times, field.series.values
        stack = (field.display.get("custom.stacking") or {}).get("mode") == "normal"
        if not stack:
            out.append(_Line(field, color, times, values, ()))
            continue
        base = tuple(heights.get(at, 0.0) for at in times)
        tops = tuple(b + v for b, v in zip(base, values, strict=True))
        heights |= {at: top for at, top in zip(times, tops, strict=True) if not math.isnan(top)}
        out.append(_Line(field, color, times, tops, base))
    return out


def _draw(axes: Axes, line: _Line, step: float) -> None:
    display = line.field.display
    if display.get("custom.drawStyle") == "bars":
        tops = [0.0 if math.isnan(v) else v for v in line.values]
        axes.bar(line.times, tops, width=step * 0.8, color=_bar_colors(display, line), linewidth=0, align="center")
        return
    style: dict[str, Any] = {"linewidth": float(display.get("custom.lineWidth", 1)) * 1.3, "color": line.color}
    dash = (display.get("custom.lineStyle") or {}).get("dash")
    if dash:
        style["dashes"] = [part / 2 for part in dash]
    axes.plot(line.times, line.values, solid_joinstyle="round", **style)
    alone = _alone(line)
    if alone:
        axes.plot(
            [at for at, _ in alone], [v for _, v in alone], linestyle="none", marker="o", markersize=3, color=line.color
        )
    opacity = float(display.get("custom.fillOpacity", 0)) / 100
    if opacity:
        base: Any = line.base or 0
        axes.fill_between(line.times, base, line.values, color=line.color, alpha=opacity, linewidth=0)


def _bar_colors(display: Display, line: _Line) -> Any:
    if display.get("color", {}).get("mode") == "thresholds":
        return [display.color_at(v) or line.color for v in line.field.series.values]
    return line.color


def _alone(line: _Line) -> list[tuple[float, float]]:
    """Points without a neighbour, of which a line shows nothing."""
    padded = (math.nan, *line.values, math.nan)
    return [
        (at, value)
        for index, (at, value) in enumerate(zip(line.times, line.values, strict=True))
        if not math.isnan(value) and math.isnan(padded[index]) and math.isnan(padded[index + 2])
    ]


def _thresholds(axes: Axes, display: Display, low: float, high: float) -> None:
    mode = str((display.get("custom.thresholdsStyle") or {}).get("mode", "off"))
    for begins, end, color in display.bands:
        if "area" in mode and end > low and begins < high:
            axes.axhspan(max(begins, low), min(end, high), color=color, alpha=0.08, linewidth=0)
        if ("line" in mode or "dashed" in mode) and low <= begins <= high:
            axes.axhline(begins, color=color, linewidth=1.2, dashes=(5, 4) if "dashed" in mode else (), zorder=3)


def _legend(canvas: Canvas, filled: Filled, drawn: Sequence[_Line]) -> float:
    wanted = filled.panel.options.get("legend") or {}
    if wanted.get("showLegend") is False or not drawn:
        return 0
    calcs = [str(c) for c in wanted.get("calcs", [])]
    entries = [
        Entry(
            line.field.name,
            line.color,
            tuple(_number(line.field.display, calculated(calc, line.field.series.values)) for calc in calcs),
        )
        for line in drawn
    ]
    if calcs and wanted.get("displayMode") != "table":
        words = [f"{e.name}  {'  '.join(f'{c}: {n}' for c, n in zip(calcs, e.numbers, strict=True))}" for e in entries]
        return legend(canvas, [Entry(word, e.color) for word, e in zip(words, entries, strict=True)])
    return legend(canvas, entries, calcs)


def _number(display: Display, value: float) -> str:
    return "-" if math.isnan(value) else display.number(value)
