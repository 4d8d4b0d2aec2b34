"""Quantities with units: `300 * ms`, `99.9 * percent`, `5 * GiB`; the only importer of pint."""

import sys
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Never, NewType, Protocol, TypeVar, cast

# pint loads numpy wherever it is installed, for arrays that no quantity of ours holds: longer than pint itself takes.
_hidden = {} if "numpy" in sys.modules else {"numpy": None}
sys.modules.update(_hidden)  # type: ignore[arg-type] # None is how Python is told that a module is not there
import pint  # noqa: E402

for _name in _hidden:
    del sys.modules[_name]

# Our own registry: pint's default one has bytes without a dimension, `m` for metre, and takes 0.2 s to load.
_UNITS: dict[str, tuple[str, str]] = {
    "second": ("s", "[time]"),
    "millisecond": ("ms", "0.001 * second"),
    "minute": ("min", "60 * second"),
    "hour": ("h", "3600 * second"),
    "day": ("d", "86400 * second"),
    "ratio": ("_", "[]"),
    "percent": ("%", "0.01 * ratio"),
    "byte": ("B", "[information]"),
    "kB": ("kB", "1000 * byte"),
    "MB": ("MB", "1000000 * byte"),
    "GB": ("GB", "1000000000 * byte"),
    "TB": ("TB", "1000000000000 * byte"),
    "KiB": ("KiB", "1024 * byte"),
    "MiB": ("MiB", "1048576 * byte"),
    "GiB": ("GiB", "1073741824 * byte"),
    "TiB": ("TiB", "1099511627776 * byte"),
    "USD": ("USD", "[currency]"),
    "item": ("items", "[item]"),
}
_FACTORS = {
    name: Fraction(1 if definition.startswith("[") else definition.split(" * ")[0])
    for name, (_, definition) in _UNITS.items()
}
_registry: pint.UnitRegistry[Any] = pint.UnitRegistry(None, cache_folder=None)
_registry.load_definitions([f"{name} = {definition}" for name, (_, definition) in _UNITS.items()])

Quantity = pint.Quantity
Duration = NewType("Duration", pint.Quantity[Any])
Ratio = NewType("Ratio", pint.Quantity[Any])
ByteRate = NewType("ByteRate", pint.Quantity[Any])
MoneyRate = NewType("MoneyRate", pint.Quantity[Any])
if TYPE_CHECKING:

    class Items(pint.Quantity[Any]):
        """A number of items; nothing of ours is items in a time."""

        def __truediv__(self, per: Never, /) -> Never: ...

    class Bytes(pint.Quantity[Any]):
        """An amount of bytes, which divided by a time is a rate: `5 * GiB / day`."""

        def __truediv__(self, per: "UnitOf[Duration]", /) -> ByteRate: ...

    class Money(pint.Quantity[Any]):
        """An amount of money, which divided by a time is a rate: `20 * USD / day`."""

        def __truediv__(self, per: "UnitOf[Duration]", /) -> MoneyRate: ...
else:
    Items = NewType("Items", pint.Quantity[Any])
    Bytes = NewType("Bytes", pint.Quantity[Any])
    Money = NewType("Money", pint.Quantity[Any])

Q_co = TypeVar("Q_co", covariant=True)


class UnitOf(Protocol[Q_co]):
    """A unit as the type checker sees it: a number times it is a quantity of one kind."""

    def __rmul__(self, number: float, /) -> Q_co:
        """Give the quantity."""
        ...


def _unit(name: str) -> Any:
    return cast("Any", getattr(_registry, name))


ms: UnitOf[Duration] = _unit("millisecond")
seconds: UnitOf[Duration] = _unit("second")
minutes: UnitOf[Duration] = _unit("minute")
hours: UnitOf[Duration] = _unit("hour")
days: UnitOf[Duration] = _unit("day")
hour, day = hours, days
"""Below a line: `5 * GiB / day`."""
percent: UnitOf[Ratio] = _unit("percent")
ratio: UnitOf[Ratio] = _unit("ratio")
KiB: UnitOf[Bytes] = _unit("KiB")
MiB: UnitOf[Bytes] = _unit("MiB")
GiB: UnitOf[Bytes] = _unit("GiB")
TiB: UnitOf[Bytes] = _unit("TiB")
kB: UnitOf[Bytes] = _unit("kB")  # noqa: N816 - the SI symbol
MB: UnitOf[Bytes] = _unit("MB")
GB: UnitOf[Bytes] = _unit("GB")
TB: UnitOf[Bytes] = _unit("TB")
USD: UnitOf[Money] = _unit("USD")
items: UnitOf[Items] = _unit("item")

_DIGITS = 15  # what a float holds; only quotients such as GiB/day have more


def exact(quantity: pint.Quantity[Any], unit: str) -> Decimal:
    """Give the number of `unit`s without the noise of binary floats: 99.9 percent is 0.999 ratio.

    A unit may be a quotient: `byte/day`.
    Raises ValueError when the quantity is of another kind than the unit.
    """
    return _exact(repr(quantity.magnitude), _powers(quantity), unit)


Powers = tuple[tuple[str, int], ...]


def unit_powers(unit: str) -> Powers:
    """Take `byte/day` apart."""
    above, *below = unit.split("/")
    return ((above, 1), *((name, -1) for name in below))


# A quantity is no key: pint converts it to base units to hash it, which takes longer than the division below.
@cache
def _exact(magnitude: str, powers: Powers, unit: str) -> Decimal:
    wanted = unit_powers(unit)
    if _kind(powers) != _kind(wanted):
        msg = f"{_written(magnitude, powers)} cannot be given in {unit}"
        raise ValueError(msg)
    return plain(Fraction(Decimal(magnitude)) * _factor(powers) / _factor(wanted))


@cache
def _kind(powers: Powers) -> Any:
    return _registry.get_dimensionality(dict(powers))


def _powers(quantity: pint.Quantity[Any]) -> Powers:
    return tuple(cast("Iterable[tuple[str, int]]", quantity.unit_items()))


def _factor(powers: Powers) -> Fraction:
    product = Fraction(1)
    for name, power in powers:
        product *= _FACTORS[name] ** int(power)
    return product


def plain(number: Fraction | Decimal | int) -> Decimal:
    """Turn a number into the decimal that is printed: no exponent, no trailing zeros, 15 digits where it has no end."""
    if not isinstance(number, Fraction):
        number = Fraction(number)
    denominator = number.denominator
    twos = (denominator & -denominator).bit_length() - 1
    denominator >>= twos
    fives = 0
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    if denominator == 1:
        shift = max(twos, fives)
        digits = Decimal(number.numerator * 10**shift // number.denominator)
        return digits.scaleb(-shift) if shift else digits
    value = Decimal(number.numerator) / Decimal(number.denominator)
    rounded = round(value, _DIGITS - 1 - value.adjusted())
    return Decimal(format(rounded.normalize(), "f"))


def text(quantity: pint.Quantity[Any]) -> str:
    """Write a quantity as its author did: `300 ms`, `99.9 %`, `30 d`, `5 GiB/d`."""
    return _written(repr(quantity.magnitude), _powers(quantity))


def _written(magnitude: str, powers: Powers) -> str:
    above = [_UNITS[name][0] for name, power in powers if power > 0]
    below = [_UNITS[name][0] for name, power in powers if power < 0]
    number = format(plain(Decimal(magnitude)), "f")
    unit = "·".join(above) + "".join(f"/{name}" for name in below)
    return number if unit == "_" else f"{number} {unit}"


def unit_text(quantity: pint.Quantity[Any]) -> str:
    """Write the unit of a quantity as its author did: `GiB/d`."""
    return _written("1", _powers(quantity)).removeprefix("1 ")


def factor(quantity: pint.Quantity[Any]) -> Fraction:
    """Give what one of a quantity's own unit is in base units: bytes, seconds, items, dollars."""
    return _factor(_powers(quantity))


def magnitude(quantity: pint.Quantity[Any]) -> Decimal:
    """Give the number that its author wrote: 5 of `5 * GiB / day`."""
    return plain(Decimal(repr(quantity.magnitude)))


def is_a(value: object, unit: str) -> bool:
    """Tell whether a value is a finite quantity of the unit's kind."""
    return (
        isinstance(value, pint.Quantity)
        and value.dimensionality == _kind(unit_powers(unit))
        and Decimal(repr(value.magnitude)).is_finite()
    )
