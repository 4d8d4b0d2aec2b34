"""What budgets of a day and of a queue come to, by arithmetic: nothing here has seen a rule."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import inf


def written(samples: Sequence[Fraction]) -> Fraction:
    """Add up what a size grew by, step by step; what it shrinks by was deleted, and is not taken off."""
    return sum((max(b - a, Fraction(0)) for a, b in pairwise(samples)), Fraction(0))


def first_above(limit: Fraction, per_minute: Fraction, every: int) -> int:
    """Give the minute of the first evaluation at which an even growth from nothing is above a limit."""
    minute = every
    while per_minute * minute <= limit:
        minute += every
    return minute


def drain(depth: Fraction, per_second: Fraction) -> float:
    """Give the seconds in which a queue is done: none where nothing waits, without end where nothing leaves."""
    if depth == 0:
        return 0.0
    return inf if per_second == 0 else float(depth / per_second)
