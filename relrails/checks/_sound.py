"""A service without its misfits, so that a value of another type gives one problem and hides no other."""

from dataclasses import replace
from typing import Any, NoReturn

from relrails.checks._fields import declared, items, misfit
from relrails.service import Service


class Unsound(Exception):  # noqa: N818 - not an error: the check that meets it has nothing to say
    """Raised when a check looks at a value that is already reported as a misfit."""


class _Unknown:
    """Stands for a misfit: it can be named in a message, but nothing can be decided by it."""

    def __repr__(self) -> str:
        return "?"

    def __format__(self, _: str) -> str:
        return "?"

    def _refuse(self, *_: Any) -> NoReturn:
        raise Unsound

    __getattr__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __call__ = _refuse
    __str__ = __int__ = __float__ = __index__ = __neg__ = __abs__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse


UNKNOWN: Any = _Unknown()


def sound(service: Service) -> Service:
    """Replace every misfit by a value that ends the check which looks at it; of a list, the good items stay."""
    copied: Service = _sound(service)
    return copied


def known(value: object) -> bool:
    """Tell whether a value can be looked at, for a check that compares several things."""
    return value is not UNKNOWN


def _sound(thing: Any) -> Any:
    changes: dict[str, Any] = {}
    kept: dict[str, list[Any]] = {}
    for name, index, found, hint in items(thing):
        fits = misfit(found, hint) is None
        new = _sound(found) if fits and declared(found) else found
        if index is not None:
            kept.setdefault(name, []).extend([new] if fits else [])
        elif isinstance(found, list):
            kept.setdefault(name, [])
        elif not fits:
            changes[name] = UNKNOWN
        elif new is not found:
            changes[name] = new
    for name, many in kept.items():
        old = getattr(thing, name)
        if (
            not isinstance(old, tuple)
            or len(old) != len(many)
            or any(a is not b for a, b in zip(old, many, strict=True))
        ):
            changes[name] = tuple(many) or UNKNOWN
    return replace(thing, **changes) if changes else thing
