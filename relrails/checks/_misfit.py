"""Values and types in the words of a message."""

from collections.abc import Mapping
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from relrails.checks._fields import UNITS, Misfit
from relrails.checks._say import listed
from relrails.loader.examples import example
from relrails.units import Quantity, is_a, text

_KINDS = {
    "second": "a time",
    "ratio": "a share",
    "byte": "a size",
    "USD": "money",
    "item": "a number of items",
    "byte/second": "a size in a time",
    "USD/second": "money in a time",
}
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "True or False", NoneType: "None"}
_LONGEST = 60


def wanted(misfit: Misfit) -> str:
    """Say what the field takes."""
    return listed(dict.fromkeys(_type(c) for c in misfit.classes), "or")


def suggestion(misfit: Misfit) -> str:
    """Write a value that the field takes."""
    return example(misfit.thing, misfit.field)


def shown(value: Any) -> str:
    """Write a value as short as it can be recognised."""
    if isinstance(value, Quantity) and type(value.magnitude) in {int, float} and value.magnitude - value.magnitude == 0:
        return text(value)
    if isinstance(value, type):
        return f"the class {value.__name__}"
    try:
        said = repr(value)
    except Exception:
        said = ""
    return said if said and len(said) <= _LONGEST and not said.startswith("<") else f"a {type(value).__name__}"


def kind_of(quantity: Any) -> str:
    """Say what kind of quantity this is."""
    return next((said for unit, said in _KINDS.items() if is_a(quantity, unit)), "another quantity")


def kind_wanted(misfit: Misfit) -> str:
    """Say which kind of quantity the field takes."""
    return _KINDS[next(UNITS[c] for c in misfit.classes if c in UNITS)]


def _type(hint: Any) -> str:
    if hint in UNITS:
        return _KINDS[UNITS[hint]]
    if get_origin(hint) is Literal:
        return listed((repr(a) for a in get_args(hint)), "or")
    if get_origin(hint) is tuple:
        return "a tuple"
    if get_origin(hint) is Mapping:
        return "names with their values"
    name = getattr(hint, "__name__", str(hint))
    return _WORDS.get(hint, f"{'an' if name[:1] in 'AEIO' or (name[:2] == 'SL' and name.isupper()) else 'a'} {name}")
