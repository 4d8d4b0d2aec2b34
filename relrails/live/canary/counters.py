"""What counters rose by, from their raw samples: resets handled, no second counted twice, nothing extrapolated.

`increase()` estimates: it stretches 45 seconds of samples to 60, and in Prometheus 3 it loses what happened between the
last scrape before a window and the first in it. A test that weighs single events needs the events.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from relrails.live.prometheus import Series

Newborn = Literal["count", "skip"]
"""What a series that was never seen before has done until now: all of it happened now, or nobody knows when."""
TARGET = ("job", "instance")


@dataclass(frozen=True, slots=True)
class Mark:
    """The last sample of a series that was counted."""

    at: float
    value: float


Marks = Mapping[str, Mark]
"""By the name of the series."""


class CounterError(ValueError):
    """A counter that is none: it is negative."""


@dataclass(frozen=True, slots=True)
class Risen:
    """A series, and how much it rose since its mark."""

    labels: Mapping[str, str]
    amount: float


def risen(
    found: Iterable[Series], marks: Marks | None, newborn: Newborn, targets: Iterable[tuple[str, ...]] = ()
) -> tuple[tuple[Risen, ...], dict[str, Mark]]:
    """Give what each series rose by since the last look, and the marks for the next; without marks only the latter.

    A series without a mark counts from zero where it is `newborn`, or where its target is one of `targets`, which were
    there before: then it is a label that was not needed until now, such as the first 500. Else its first sample is
    only a mark. Raises CounterError.
    """
    known = frozenset(targets)
    out, left = [], dict(marks or {})
    for series in found:
        name, mark = series.name, None if marks is None else marks.get(series.name)
        if any(point.value < 0 or not math.isfinite(point.value) for point in series.points):
            raise CounterError(f"{name} is {min(p.value for p in series.points):g}, which no counter can be")
        left[name] = Mark(series.newest.at, series.newest.value)
        if marks is None:
            continue
        new = [point for point in series.points if mark is None or point.at > mark.at]
        if not new:
            left[name] = mark or left[name]
            out.append(Risen(series.labels, 0.0))
            continue
        from_zero = newborn == "count" or target_of(series.labels) in known
        before = mark.value if mark is not None else 0.0 if from_zero else new[0].value
        amount = 0.0
        for point in new:
            # A counter that falls was reset, and has counted from zero since.
            amount += point.value - before if point.value >= before else point.value
            before = point.value
        out.append(Risen(series.labels, amount))
    return tuple(out), left


def target_of(labels: Mapping[str, str]) -> tuple[str, ...]:
    """Give what was scraped for a series."""
    return tuple(labels.get(label, "") for label in TARGET)
