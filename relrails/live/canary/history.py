"""What the stable version was like before: its counts, and how bursty they are."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from hashlib import sha256
from math import inf

from relrails.judge.canary import Counts
from relrails.judge.canary.dispersion import measure
from relrails.live.canary.counters import CounterError, Mark, risen, target_of
from relrails.live.canary.sources import Events, Histogram, Source, Sources
from relrails.live.prometheus import Found, Instant, NoData, Reply, Series
from relrails.promql import text
from relrails.promql.ast import Range
from relrails.units import Duration, exact, hours

PASTS: tuple[Duration, ...] = (6 * hours, 2 * hours)
"""How far back it looks: six hours, or two where that is too much to ask.

In one hour counts that are half again as bursty as independent ones are too often taken for them. A Prometheus that is
younger gives what it has; steps before its first sample are no windows.
"""


class Past:
    """The questions about the past of the stable version, and the reading of their answers."""

    def __init__(self, sources: Sources, at: float, step: float, span: Duration = PASTS[0]) -> None:
        self._step, self._at, self._span = step, at, float(exact(span, "second"))
        self._asked: dict[str, dict[str, Instant]] = {
            source.check: {
                part: Instant(text(Range(one, span)), at) for part, one in sources.parts(source, "stable").items()
            }
            for source in sources.checks
            if isinstance(source, Events | Histogram)
        }
        self._sources = {source.check: source for source in sources.checks}

    @property
    def queries(self) -> tuple[Instant, ...]:
        """Everything to ask, each question once."""
        return tuple(dict.fromkeys(query for parts in self._asked.values() for query in parts.values()))

    @staticmethod
    def answered(replies: Iterable[Reply]) -> bool:
        """Tell whether every question was, be it with nothing; an answer may be too large, or come too late."""
        return all(isinstance(reply.result, Found | NoData) for reply in replies)

    def read(self, replies: Iterable[Reply]) -> tuple[dict[str, Counts], dict[str, float | None]]:
        """Give the counts and the dispersion of each check; what could not be read is left out."""
        told = {reply.query: reply.result for reply in replies}
        before: dict[str, Counts] = {}
        dispersion: dict[str, float | None] = {}
        for check, parts in self._asked.items():
            found = {part: told.get(query) for part, query in parts.items()}
            series = {part: r.series if isinstance(r, Found) else () for part, r in found.items()}
            windows = list(self._windows(self._sources[check], series))
            total = sum(w[1] + w[3] for w in windows)
            if total > 0:
                before[check] = Counts(total=total, bad=sum(w[0] + w[2] for w in windows))
            dispersion[check] = measure(windows)
        return before, dispersion

    def _windows(
        self, source: Source, series: Mapping[str, tuple[Series, ...]]
    ) -> Iterable[tuple[float, float, float, float]]:
        """Part the past into steps, and the fleet into two halves."""
        halved = _halved(one for many in series.values() for one in many)
        count = int(self._span / self._step)
        marks: dict[str, dict[str, Mark] | None] = dict.fromkeys(series)
        for n in range(count, -1, -1):
            begin, end = self._at - (n + 1) * self._step if n < count else -inf, self._at - n * self._step
            halves = [[0.0, 0.0], [0.0, 0.0]]
            for part, many in series.items():
                cut = [between(one, begin, end) for one in many]
                try:
                    rises, marks[part] = risen([one for one in cut if one is not None], marks[part], "skip")
                except CounterError:
                    return
                for one in rises:
                    half = halves[halved[target_of(one.labels)]]
                    bad, total = _weigh(source, part, one.labels)
                    half[0] += bad * one.amount
                    half[1] += total * one.amount
            if n < count:
                yield (max(0.0, halves[0][0]), halves[0][1], max(0.0, halves[1][0]), halves[1][1])


def _halved(series: Iterable[Series]) -> dict[tuple[str, ...], int]:
    """Put every other target into each half, in an order that has nothing to do with what they are."""
    targets = sorted({target_of(one.labels) for one in series}, key=lambda t: sha256("/".join(t).encode()).digest())
    return {target: place % 2 for place, target in enumerate(targets)}


def between(series: Series, begin: float, end: float) -> Series | None:
    """Give the part of a series after a moment and up to another; None where there is none."""
    first, last = (bisect_right(series.points, moment, key=lambda point: point.at) for moment in (begin, end))
    points = series.points[first:last]
    return Series(series.labels, points) if points else None


def _weigh(source: Source, part: str, labels: Mapping[str, str]) -> tuple[float, float]:
    """Say how a counter goes into bad and total: good ones are subtracted from what is bad."""
    match source, part:
        case Events(good=None), "total":
            return 0.0, 1.0
        case Events(), "total":
            return 1.0, 1.0
        case Events(), "bad":
            return 1.0, 0.0
        case Events(), "good":
            return -1.0, 0.0
        case Histogram(bounds=bounds, bound=bound), _:
            le = labels.get("le", "")
            limit = bounds[bound] if bounds else None
            try:
                found = float(le)
            except ValueError:
                return 0.0, 0.0
            if found == float("inf"):
                return 1.0, 1.0
            return (-1.0, 0.0) if found == limit else (0.0, 0.0)
    return 0.0, 0.0
