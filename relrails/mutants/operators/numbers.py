"""Thresholds and other numbers: a little smaller, a little larger, half and double."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from relrails.mutants.operators.kinds import COMPARISONS, Change, Surroundings
from relrails.mutants.places import Place
from relrails.promql import Binary, Number, number, text

FACTORS = (Fraction(1, 2), Fraction(9, 10), Fraction(11, 10), Fraction(2))


def threshold(place: Place, _: Surroundings) -> Iterator[Change]:
    """The number on one side of a comparison."""
    if isinstance(place.parent, Binary) and place.parent.op in COMPARISONS:
        yield from _others(place)


def other_number(place: Place, _: Surroundings) -> Iterator[Change]:
    """Any other number: a factor, a divisor, a constant."""
    if not (isinstance(place.parent, Binary) and place.parent.op in COMPARISONS):
        yield from _others(place)


def _others(place: Place) -> Iterator[Change]:
    if isinstance(place.expr, Number) and place.expr.value.is_finite():
        for other in _near(place.expr.value):
            yield Change(f"{text(place.expr)} -> {text(other)}", place.put(other))


def _near(value: Decimal) -> tuple[Number, ...]:
    if value == 0:
        return (number(-1), number(1))
    return tuple(number(Fraction(value) * factor) for factor in FACTORS)
