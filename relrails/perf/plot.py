"""Every measurement as a dot, drawn as SVG by hand: no script, no font, no address in it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from relrails.judge.perf import summary
from relrails.perf.samples import Run

WIDTH, LEFT, RIGHT = 760, 90, 24
ROW, TOP, BOTTOM = 46, 10, 34
RADIUS = 3.5
NOTHING = 1e-12  # seconds, or a part of the value: what lies closer together is one place, and far beneath any clock


@dataclass(frozen=True, slots=True)
class Lane:
    """One series: what it is called, its class in the style sheet, and its runs."""

    name: str
    kind: str
    runs: Sequence[Run]


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to pixels, with round numbers to mark on the way."""

    low: float
    high: float
    start: float
    end: float
    step: float

    def at(self, value: float) -> float:
        """Give the pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """Give the round numbers between both ends."""
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        return [tick * self.step for tick in range(first, last + 1)]


def scale(values: Sequence[float], start: float, end: float, wanted: int = 6) -> Scale:
    """Make a scale that holds all values, with about so many round numbers."""
    low, high = min(values), max(values)
    if high - low <= NOTHING * max(1, abs(high)):
        around = abs(high) / 10 if abs(high) > NOTHING else 0.1
        low, high = low - around, high + around
    room = (high - low) * 0.04
    low, high = max(0.0, low - room) if low >= 0 else low - room, high + room
    rough = (high - low) / wanted
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * digit for digit in (1, 2, 5, 10) if size * digit >= rough * (1 - 1e-9))
    return Scale(low, high, start, end, step)


def strips(lanes: Sequence[Lane], metric: str, unit: str, label: str) -> str:
    """Draw the series above one another: a dot for each run, the median as a line, its interval as a shade."""
    base = TOP + ROW * len(lanes)
    across = scale([run.costs[metric] for lane in lanes for run in lane.runs], LEFT, WIDTH - RIGHT)
    parts = []
    for tick in across.ticks:
        x = across.at(tick)
        parts += [_line("grid", x, TOP, x, base), _text("tick", x, base + 16, _number(tick, across))]
    parts.append(_text("unit", WIDTH - RIGHT, base + BOTTOM - 4, _axis(metric, unit, across), "end"))
    for place, lane in enumerate(lanes):
        parts += _strip(lane, metric, unit, across, TOP + ROW * (place + 0.5))
    return _svg(base + BOTTOM, label, parts)


def _strip(lane: Lane, metric: str, unit: str, across: Scale, middle: float) -> Iterator[str]:
    told = summary([run.costs[metric] for run in lane.runs])
    low, high, median = across.at(told.low), across.at(told.high), across.at(told.median)
    yield _text("lane", LEFT - 12, middle + 4, lane.name, "end")
    yield _tag("rect", f"interval {lane.kind}", x=low, y=middle - 14, width=max(1.0, high - low), height=28)
    for place, run in enumerate(lane.runs):
        # Dots that lie on one another are told apart by height, the same way each time.
        yield _dot(lane, run, metric, unit, (across.at(run.costs[metric]), middle + (place * 7 % 11 - 5) * 1.8))
    yield _line("median", median, middle - 17, median, middle + 17)


def turns(lanes: Sequence[Lane], metric: str, unit: str, label: str) -> str:
    """Draw the runs in the order in which they were: what drifts shows here, and falls on all series alike."""
    height = 190
    runs = [run for lane in lanes for run in lane.runs]
    down = scale([run.costs[metric] for run in runs], height - BOTTOM, TOP + 16, wanted=4)
    across = scale([float(run.turn) for run in runs], LEFT, WIDTH - RIGHT)
    parts = [_text("unit", 4, TOP + 2, _axis(metric, unit, down), "start")]
    for place, lane in enumerate(reversed(lanes)):
        x = WIDTH - RIGHT - place * 110.0
        parts += [
            _text("tick", x, TOP + 2, lane.name, "end"),
            _tag("circle", lane.kind, cx=x + 10, cy=TOP - 2, r=RADIUS),
        ]
    for tick in down.ticks:
        y = down.at(tick)
        parts += [_line("grid", LEFT, y, WIDTH - RIGHT, y), _text("tick", LEFT - 8, y + 4, _number(tick, down), "end")]
    parts += [_text("tick", across.at(tick), height - 16, f"{tick:.0f}") for tick in across.ticks if tick % 1 == 0]
    parts.append(_text("unit", WIDTH - RIGHT, height - 2, "turn", "end"))
    parts += [
        _dot(lane, run, metric, unit, (across.at(run.turn), down.at(run.costs[metric])))
        for lane in lanes
        for run in lane.runs
    ]
    return _svg(height, label, parts)


def _svg(height: float, label: str, parts: Iterable[str]) -> str:
    start = f'<svg viewBox="0 0 {WIDTH} {_px(height)}" role="img" aria-label="{escape(label)}"'
    return f'{start} xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'


def _tag(name: str, kind: str, inner: str = "", **places: float) -> str:
    told = "".join(f' {place}="{_px(value)}"' for place, value in places.items())
    return f'<{name} class="{kind}"{told}>{inner}</{name}>' if inner else f'<{name} class="{kind}"{told}/>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return _tag("line", kind, x1=x1, y1=y1, x2=x2, y2=y2)


def _text(kind: str, x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{_px(x)}" y="{_px(y)}" text-anchor="{anchor}">{escape(words)}</text>'


def _dot(lane: Lane, run: Run, metric: str, unit: str, at: tuple[float, float]) -> str:
    told = escape(f"{lane.name}, turn {run.turn}: {run.costs[metric]:.6g} {unit}")
    return _tag("circle", lane.kind, f"<title>{told}</title>", cx=at[0], cy=at[1], r=RADIUS)


def _px(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _prefix(axis: Scale, unit: str) -> tuple[float, str]:
    if unit == "s" and axis.high < 1:
        return (1e-3, "ms") if axis.high >= 1e-3 else (1e-6, "µs")
    return 1.0, unit


def _axis(metric: str, unit: str, axis: Scale) -> str:
    return f"{metric}, {_prefix(axis, unit)[1]}"


def _number(tick: float, axis: Scale) -> str:
    size = 1.0 if axis.high >= 1 else 1e-3 if axis.high >= 1e-3 else 1e-6
    digits = max(0, -math.floor(math.log10(axis.step / size) + 1e-9))
    return f"{tick / size:.{digits}f}"
