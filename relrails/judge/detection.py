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
from math import ceil, floor

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
    if burn.bad_events <= 0 or burn.error_ratio <= max(alert.threshold, burn.before):
        return NEVER
    # Both windows are above the threshold when their sums hold so many evaluations of the burn.
    beyond = max(_sum_at(alert, burn, alert.long), _sum_at(alert, burn, alert.short))
    k = _first_beyond(max(beyond, alert.minimum_events / burn.bad_events), alert.base)
    return k if k <= alert.long else NEVER


def _sum_at(alert: Alert, burn: Burn, window: int) -> Fraction:
    """How many evaluations of the burn put the mean of a window exactly at the threshold."""
    return (alert.threshold - burn.before) * window / (burn.error_ratio - burn.before)


def _first_beyond(limit: Fraction, base: Fraction) -> int:
    """Give the first evaluation at which the sum of a burn is beyond a limit; base windows fill up one by one."""
    k, total = 0, Fraction(0)
    while k < base and total <= limit:
        k += 1
        total += min(Fraction(1), k / base)
    return k if total > limit else k + floor(limit - total) + 1


def _clears(alert: Alert, burn: Burn, lasted: int) -> int:
    if burn.error_ratio <= burn.before:
        return 1 if burn.before <= alert.threshold else NEVER
    total = _Total(alert.base, lasted)
    long, short = (floor(_sum_at(alert, burn, window) * total.one) for window in (alert.long, alert.short))
    for k in range(1, alert.short + ceil(alert.base) + 1):  # after that no window holds any of it
        end = lasted + k
        now = total(end)
        if now - total(end - alert.short) <= short or now - total(end - alert.long) <= long:
            return k
    return NEVER


class _Total:
    """How much of a burn all base windows up to an evaluation have held; in whole numbers, of which `one` is all of it.

    A burn that ends is one that goes on, less another that begins then.
    """

    def __init__(self, base: Fraction, lasted: int) -> None:
        self.one = 2 * base.numerator
        self._ramp, self._step, self._lasted = floor(base), base.denominator, lasted

    def __call__(self, evaluation: int) -> int:
        return self._begun(evaluation) - self._begun(evaluation - self._lasted)

    def _begun(self, k: int) -> int:
        rising = max(min(k, self._ramp), 0)
        return rising * (rising + 1) * self._step + self.one * max(k - self._ramp, 0)
