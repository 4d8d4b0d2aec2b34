"""Traffic whose level differs in every gap between two windows, and what each window must make of it.

Flat traffic proves nothing: a rule that reads 30 minutes instead of 5 would give the same ratio.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

# Events between two scrapes and the bad ones among them, newest stretch first: no two alike, no trend.
LEVELS = ((400, 30), (120, 4), (700, 70), (90, 1), (300, 12), (150, 150), (1000, 333), (210, 9), (510, 77), (60, 6))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of samples at one level: total and bad of each."""

    samples: int
    total: Fraction
    bad: Fraction


def stretches(windows: Sequence[int], newest: int, beyond: int) -> tuple[Stretch, ...]:
    """Put a change of level into the middle of each gap between two windows, oldest stretch first.

    All in samples: `newest` is how long the last level lasts, `beyond` how much history lies before the longest window.
    """
    edges = [0, newest]
    for shorter, longer in zip((newest, *windows), windows, strict=False):
        middle = (shorter + longer) // 2
        if middle - edges[-1] >= 2:
            edges.append(middle)
    edges.append(max(windows) + beyond)
    spans = [longer - shorter for shorter, longer in pairwise(edges)]
    levels = ((Fraction(total), Fraction(bad)) for total, bad in (LEVELS[k % len(LEVELS)] for k in range(len(spans))))
    return tuple(Stretch(span, *level) for span, level in reversed(tuple(zip(spans, levels, strict=True))))


def newest(parts: Sequence[Stretch], samples: int) -> tuple[Stretch, ...]:
    """Keep the newest samples."""
    out: list[Stretch] = []
    for part in reversed(parts):
        taken = min(part.samples, samples)
        samples -= taken
        if taken:
            out.append(Stretch(taken, part.total, part.bad))
    return tuple(reversed(out))


def sums(parts: Sequence[Stretch], samples: int) -> tuple[Fraction, Fraction]:
    """Add up total and bad over the newest samples."""
    chosen = newest(parts, samples)
    total = sum((p.samples * p.total for p in chosen), Fraction(0))
    return total, sum((p.samples * p.bad for p in chosen), Fraction(0))


def ratio_bounds(parts: Sequence[Stretch], samples: int) -> tuple[Fraction, Fraction]:
    """Give the error ratio of a window, without the sample on its left edge (Prometheus 3) and with it (2)."""
    found = []
    for count in (samples, samples + 1):
        total, bad = sums(parts, count)
        found.append(bad / total if total else Fraction(0))
    return min(found), max(found)
