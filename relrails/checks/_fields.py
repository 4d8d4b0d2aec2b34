"""Which values of a description are of another type, unit or size than their field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from relrails.checks._place import value
from relrails.service import Service
from relrails.source import Source, Span
from relrails.units import ByteRate, Bytes, Duration, Items, Money, MoneyRate, Quantity, Ratio, exact, is_a

UNITS = {
    Duration: "second",
    Ratio: "ratio",
    Bytes: "byte",
    Money: "USD",
    Items: "item",
    ByteRate: "byte/second",
    MoneyRate: "USD/second",
}


_hints: dict[type[Any], dict[str, Any]] = {}


class Kind(Enum):
    """In what a value differs from its field."""

    TYPE = "another type"
    BARE = "a number without its unit"
    DIMENSION = "a quantity of another kind"
    FINITE = "not a number, or without end"
    POSITIVE = "zero or less, where time must pass"
    FINE = "finer than a millisecond"


@dataclass(frozen=True, slots=True, eq=False)
class Misfit:
    """A value that does not fit its field; `index` counts in a tuple, `source` is where the owner was written."""

    owner: object
    field: str
    index: int | None
    value: Any
    hint: Any
    kind: Kind
    source: Source

    @property
    def thing(self) -> str:
        """The class whose field it is."""
        return type(self.owner).__name__

    @property
    def span(self) -> Span:
        """The value, as it was written."""
        return value(self.source, self.field, position(type(self.owner), self.field), self.index)

    @property
    def name(self) -> str:
        """The field and its owner, and which item of it."""
        field = f"`{self.field}`" if self.index is None else f"item {self.index + 1} of `{self.field}`"
        called = getattr(self.owner, "name", None)
        return f"{field} of {self.thing}{f' {called!r}' if isinstance(called, str) and self.field != 'name' else ''}"

    @property
    def classes(self) -> tuple[Any, ...]:
        """The types that would fit, without None."""
        return tuple(h for h in _choices(self.hint) if h is not NoneType)


def misfits(service: Service) -> Iterator[Misfit]:
    """Walk through everything that a service declares."""
    yield from _walk(service, service.source)


def items(thing: object) -> Iterator[tuple[str, int | None, Any, Any]]:
    """Give each value in the fields of an object with its type: the items of a tuple one by one."""
    for name, hint in _hints_of(thing).items():
        found = getattr(thing, name, None)
        many = next((get_args(h)[0] for h in _choices(hint) if get_origin(h) is tuple), None)
        if many is None or found is None:
            yield name, None, found, hint
        elif isinstance(found, tuple | list):
            if isinstance(found, list):
                yield name, None, found, hint
            for index, item in enumerate(found):
                yield name, index, item, many
        else:
            yield name, None, found, hint


def misfit(found: Any, hint: Any) -> Kind | None:
    """Tell in what a value differs from a type; None when it fits."""
    kinds = [_misfit(found, choice) for choice in _choices(hint)]
    if None in kinds:
        return None
    return next((k for k in kinds if k is not Kind.TYPE), Kind.TYPE)


def position(thing: type, field: str) -> int | None:
    """Count at which place a field can be given without its name."""
    if not is_dataclass(thing):
        return None
    free = [f.name for f in fields(thing) if f.init and not f.kw_only]
    return free.index(field) if field in free else None


def declared(thing: object) -> bool:
    """Tell whether an object is one of ours, with fields to look into."""
    return is_dataclass(thing) and not isinstance(thing, type | Source)


def _walk(thing: Any, source: Source) -> Iterator[Misfit]:
    own = getattr(thing, "source", None)
    source = own if isinstance(own, Source) else source
    for name, index, found, hint in items(thing):
        kind = misfit(found, hint)
        if kind is not None:
            yield Misfit(thing, name, index, found, hint, kind, source)
        elif declared(found):
            yield from _walk(found, source)


def _hints_of(thing: object) -> dict[str, Any]:
    kind: type[Any] = type(thing)
    if kind not in _hints:
        hints = get_type_hints(kind)
        _hints[kind] = {f.name: hints[f.name] for f in fields(kind) if f.name != "source"}
    return _hints[kind]


def _choices(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _misfit(found: Any, hint: Any) -> Kind | None:
    if isinstance(hint, NewType):
        return _quantity(found, hint)
    if get_origin(hint) is Literal:
        return None if found in get_args(hint) else Kind.TYPE
    if get_origin(hint) is tuple:
        return None if isinstance(found, tuple) else Kind.TYPE
    if get_origin(hint) is Mapping:
        key, item = get_args(hint)
        pairs = found.items() if isinstance(found, Mapping) else ()
        fits = all(misfit(k, key) is None and misfit(v, item) is None for k, v in pairs)
        return None if isinstance(found, Mapping) and fits else Kind.TYPE
    if hint is Any:
        return None
    if isinstance(found, bool) and hint in {int, float}:
        return Kind.TYPE
    if hint is float and isinstance(found, int | float):
        return None if isinstance(found, int) or isfinite(found) else Kind.FINITE
    return None if isinstance(hint, type) and isinstance(found, hint) else Kind.TYPE


def _quantity(found: Any, hint: Any) -> Kind | None:
    if not isinstance(found, Quantity):
        return Kind.BARE if isinstance(found, int | float) and not isinstance(found, bool) else Kind.TYPE
    number = found.magnitude
    if type(number) not in {int, float}:  # nor bool, nor an array: they do not print as a number
        return Kind.TYPE
    if isinstance(number, float) and not isfinite(number):
        return Kind.FINITE
    if not is_a(found, UNITS[hint]):
        return Kind.DIMENSION
    if hint is not Duration:
        return None
    milliseconds = exact(found, "millisecond")
    if milliseconds <= 0:
        return Kind.POSITIVE
    return Kind.FINE if milliseconds != int(milliseconds) else None
