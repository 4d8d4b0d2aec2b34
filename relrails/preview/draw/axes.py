"""The axes of a chart: time along the bottom, values at the left, in the unit of the field."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from relrails.preview import colors, numbers
from relrails.preview.clock import Span
from relrails.preview.display import Display
from relrails.preview.draw.canvas import SMALL, width_of

_STEPS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
    86_400, 172_800, 432_000, 864_000, 2_592_000,
)  # fmt: skip
PER_TICK = 64
"""Pixels that a label of time needs."""
PER_VALUE = 26


def time_axis(axes: Axes, span: Span, width: float) -> None:
    """Mark round times, in UTC."""
    axes.set_xlim(span.start, span.end)
    wanted = span.length / max(width / PER_TICK, 1)
    step = next((s for s in _STEPS if s >= wanted), _STEPS[-1])
    first = math.ceil(span.start / step) * step
    ticks = [first + n * step for n in range(int((span.end - first) // step) + 1)]
    last = span.end - span.length / max(width, 1) * PER_TICK / 3  # a label further on would be cut off
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if tick <= last]))
    pattern = "%m-%d" if step >= 86_400 else "%H:%M:%S" if step < 60 else "%H:%M"
    if span.length > 86_400 and step < 86_400:
        pattern = "%m-%d %H:%M"
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: datetime.fromtimestamp(at, UTC).strftime(pattern)))
    axes.xaxis.set_minor_locator(NullLocator())
    _plain(axes)


def value_axis(axes: Axes, display: Display, low: float, high: float, height: float, *, log: float | None) -> float:
    """Mark round values in the field's unit; gives the width that the labels need."""
    if log is not None:
        axes.set_yscale("log", base=log)
        axes.set_ylim(low, high)
        ticks = [t for t in LogLocator(base=log, numticks=8).tick_values(low, high) if low <= t <= high]
        ticks = ticks or [low, high]
    else:
        axes.set_ylim(low, high)
        one = numbers.scale(max(abs(low), abs(high)), display.unit)  # 5 min is a round value, and 500 s is none
        marks = MaxNLocator(nbins=max(int(height // PER_VALUE), 2), steps=[1, 2, 2.5, 5, 10])
        found = [float(t) * one for t in marks.tick_values(low / one, high / one)]
        ticks = [t for t in found if low - 1e-12 <= t <= high + 1e-12]
    labels = _labels(ticks, display)
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda _, at: labels[at] if at is not None and at < len(labels) else "")
    )
    axes.yaxis.set_minor_locator(NullLocator())
    return max((width_of(label, SMALL) for label in labels), default=0) + 8


def _labels(ticks: Sequence[float], display: Display) -> list[str]:
    """Write every mark with as many decimals as it takes, and those of one unit with equally many."""
    least = min((abs(t) for t in ticks if t), default=0)
    clean = [0.0 if abs(t) < least * 1e-9 else float(f"{t:.12g}") for t in ticks]
    needed: dict[str, int] = {}
    for tick in clean:
        after = _after(tick, display.unit)
        needed[after] = max(needed.get(after, 0), _decimals(tick, display.unit))
    return [numbers.text(t, display.unit, needed[_after(t, display.unit)]) for t in clean]


MOST_DECIMALS = 9
_LEADING = re.compile(r"^[^\d-]*-?[\d.]+")


def _after(tick: float, unit: str | None) -> str:
    return _LEADING.split(numbers.text(tick, unit, MOST_DECIMALS), maxsplit=1)[-1]


def _decimals(tick: float, unit: str | None) -> int:
    """Give the decimals without which the mark would be another one."""
    whole = numbers.text(tick, unit, MOST_DECIMALS)
    digits = _LEADING.match(whole)
    if digits is None:
        return 0
    found = len(digits[0].partition(".")[2].rstrip("0"))
    # A third of a minute has no end.
    return found if found < MOST_DECIMALS - 2 else numbers.needed(float(digits[0]))


def limits(display: Display, values: Sequence[float], *, log: float | None) -> tuple[float, float]:
    """Give the least and the most of the value axis: as the panel says, else around what is there."""
    seen = [v for v in values if math.isfinite(v) and (log is None or v > 0)]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    soft_low, soft_high = display.get("custom.axisSoftMin"), display.get("custom.axisSoftMax")
    low = min(low, float(soft_low)) if soft_low is not None else low
    high = max(high, float(soft_high)) if soft_high is not None else high
    if log is not None:
        low, high = (low / 1.3, high * 1.3) if low > 0 else (high / 1000, high * 1.3)
    else:
        around = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
        low, high = low - around * (low != soft_low), high + around * (high != soft_high)
    least, most = display.get("min"), display.get("max")
    low = float(least) if least is not None and (log is None or float(least) > 0) else low
    high = float(most) if most is not None else high
    return (low, high) if high > low else (low, low + (abs(low) or 1.0))


def _plain(axes: Axes) -> None:
    axes.set_facecolor("none")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.grid(True, color=colors.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=colors.FAINT, pad=4)
    axes.tick_params(axis="x", pad=8)
