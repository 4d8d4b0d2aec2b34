"""Numbers and lists in the words of a message."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from relrails.units import plain

_SPANS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def short(number: Decimal | Fraction | float) -> str:
    """Write a number with at most four digits that matter."""
    digits = f"{float(number):.4g}"
    return format(plain(Decimal(digits)), "f")


def percent_of(ratio: Decimal | Fraction) -> str:
    """Write a ratio as a percentage."""
    return f"{short(Fraction(ratio) * 100)} %"


def time_of(seconds: Decimal | Fraction) -> str:
    """Write a time in its largest unit: `40.3 min`."""
    unit, size = next(((u, s) for u, s in _SPANS if seconds >= s), ("s", 1))
    return f"{short(Fraction(round(Fraction(seconds) / size, 1)))} {unit}"


def listed(things: Iterable[object], last: str = "and") -> str:
    """Write a list: `a, b and c`."""
    *before, end = [str(t) for t in things]
    return f"{', '.join(before)} {last} {end}" if before else end


def counted(number: int, noun: str) -> str:
    """Write a count: `1 series`, `2 scrapes`."""
    return f"{number} {noun}" if number == 1 or noun.endswith("s") else f"{number} {noun}s"
