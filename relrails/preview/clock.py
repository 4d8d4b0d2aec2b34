"""The time that a panel shows: from when to when, in which steps."""

import math
import re
from dataclasses import dataclass, replace

DURATION = re.compile(r"(?:\d+(?:ms|[smhdwMy]))+")
_PART = re.compile(r"(\d+)(ms|[smhdwMy])")
_SECONDS = {
    "ms": 0.001,
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86_400,
    "w": 604_800,
    "M": 30 * 86_400,
    "y": 365 * 86_400,
}
_NICE = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
"""Steps that people count in; between two of them the larger is taken."""
MOST_POINTS = 11_000
"""Prometheus refuses a range query that would give more for one series."""


def seconds(text: str) -> float:
    """Read a duration such as `1h30m`, as Grafana and Prometheus write it; raises ValueError."""
    if not DURATION.fullmatch(text):
        msg = f"{text!r} is no duration such as 15s, 1h or 30d"
        raise ValueError(msg)
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def written(length: float) -> str:
    """Write seconds as the shortest duration that Prometheus reads: 90 is `90s`, 3600 is `1h`."""
    for unit in ("w", "d", "h", "m", "s"):
        if length >= _SECONDS[unit] and length % _SECONDS[unit] == 0:
            return f"{length / _SECONDS[unit]:.0f}{unit}"
    return f"{length * 1000:.0f}ms"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """From `start` to `end` in unix seconds; `scrape` is how often Prometheus scrapes, in seconds."""

    start: float
    end: float
    scrape: float

    @property
    def length(self) -> float:
        """How long it is, in seconds."""
        return self.end - self.start

    def of(self, time_from: str | None) -> "Span":
        """Give the time of a panel that has its own."""
        return self if time_from is None else replace(self, start=self.end - seconds(time_from))

    def step(self, width: int, least: str | None) -> float:
        """Give the step of a chart so many pixels wide, as Grafana would choose it: never shorter than a scrape."""
        floor = max(self.scrape, seconds(least) if least else 0, self.length / MOST_POINTS)
        wanted = self.length / max(width, 1)
        nice = next((n for n in _NICE if n >= wanted), math.ceil(wanted / 86_400) * 86_400)
        return max(floor, nice)

    def aligned(self, step: float) -> "Span":
        """Move both ends onto whole steps, so that a chart drawn a moment later has the same points."""
        return replace(self, start=math.floor(self.start / step) * step, end=math.floor(self.end / step) * step)
