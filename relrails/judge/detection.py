"""When a burn-rate alert fires and when it clears, by arithmetic: nothing here has seen a rule.

A window of n evaluations holds n recorded error ratios. After k evaluations at a steady error ratio e with healthy ones
before, the window's mean is e * k / n, so an alert at a threshold x fires at the first k > x * n / e. The ratios come
from a rate over a base window of b evaluations, which reaches e only after b of them.
Source of the formula: t = factor * budget * window / e, The Site Reliability Workbook, chapter 5.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product

NEVER = -1
HAIR = Fraction(1, 10**9)
"""Sums of floats may fall to either side of a limit that the exact ratio meets."""


@dataclass(frozen=True, slots=True)
class Burn:
    """A steady burn on flat traffic: the error ratio, the one before it, and the bad events between two evaluations."""

    error_ratio: Fraction
    before: Fraction = Fraction(0)
    bad_events: Fraction = Fraction(10**9)


@dataclass(frozen=True, slots=True)
class Alert:
    """What decides: the threshold, both windows, the base window, and the least number of bad events."""

    threshold: Fraction
    long: int
    short: int
    base: Fraction = Fraction(1)
    minimum_events: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and the last evaluation at which something can happen; both NEVER when it cannot."""

    earliest: int
    latest: int


@cache
def detection(alert: Alert, burn: Burn) -> Bounds:
    """Give the evaluations after the onset at which the alert first fires.

    There are two bounds because Prometheus 2 counts the sample on the left edge of a window and 3 does not, and
    because a rate reads one scrape less there.
    """
    return _bounds(_fires(a, burn) for a in _readings(alert))


@cache
def recovery(alert: Alert, burn: Burn, lasted: int) -> Bounds:
    """Give the evaluations after the end of a burn of `lasted` evaluations at which the alert is silent again."""
    return _bounds(_clears(a, burn, lasted) for a in _readings(alert))


def _readings(alert: Alert) -> Iterable[Alert]:
    narrow = max(Fraction(1), alert.base - 1)
    for edge, base, hair in product((0, 1), sorted({alert.base, narrow}), (-HAIR, HAIR)):
        threshold = alert.threshold * (1 + hair)
        yield Alert(threshold, alert.long + edge, alert.short + edge, base, alert.minimum_events)


def _bounds(found: Iterable[int]) -> Bounds:
    values = tuple(found)
    return Bounds(NEVER, NEVER) if NEVER in values else Bounds(min(values), max(values))


def _fires(alert: Alert, burn: Burn) -> int:
    total = Fraction(0)
    rise = burn.error_ratio - burn.before
    for k in range(1, alert.long + 1):
        total += min(Fraction(1), Fraction(k) / alert.base)
        enough = (total * burn.bad_events) > alert.minimum_events
        long = burn.before + rise * total / alert.long
        short = burn.before + rise * min(total / alert.short, Fraction(1))
        if enough and long > alert.threshold and short > alert.threshold:
            return k
    return NEVER


def _clears(alert: Alert, burn: Burn, lasted: int) -> int:
    rise = burn.error_ratio - burn.before
    ramp_up: Fraction = (alert.base - 1) / 2
    total = Fraction(lasted) - ramp_up
    in_short = min(Fraction(alert.short), total)
    after: Fraction = Fraction(0)
    for k in range(1, alert.long + alert.short + 1):
        after += _share_left(k, alert.base)
        still = min(in_short, Fraction(alert.short - k)) + after
        short = burn.before + rise * max(Fraction(0), still) / alert.short
        long = burn.before + rise * min(total + after, Fraction(alert.long)) / alert.long
        if short <= alert.threshold or long <= alert.threshold:
            return k
    return NEVER


def _share_left(k: int, base: Fraction) -> Fraction:
    """How much of the burn a base window still sees `k` evaluations after its end."""
    return 1 - k / base if k < base else Fraction(0)
