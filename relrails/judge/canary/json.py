"""Values of the judge as plain JSON and back, without loss.

A dataclass becomes an object, one of a union an object with its class's name under `is`. Numbers that JSON has no sign
for are written as texts: "NaN", "Infinity", "-Infinity".
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def as_json(value: Any) -> Any:
    """Give a value as numbers, texts, lists and dicts."""
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": type(value).__name__, **{f.name: as_json(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    msg = f"a {type(value).__name__} has no place in JSON"
    raise TypeError(msg)


def from_json(kind: Any, found: Any) -> Any:
    """Make a value of a class, or of one of a union of classes, from what `as_json` gave; raises ValueError."""
    return _read(kind, found, "")


def _read(kind: Any, found: Any, path: str) -> Any:
    if get_origin(kind) in {Union, UnionType}:
        return _one_of(get_args(kind), found, path)
    if get_origin(kind) is Literal:
        return found if found in get_args(kind) else _refuse(found, f"one of {get_args(kind)}", path)
    if get_origin(kind) is tuple:
        if not isinstance(found, list | tuple):
            return _refuse(found, "a list", path)
        return tuple(_read(get_args(kind)[0], item, f"{path}/{n}") for n, item in enumerate(found))
    if get_origin(kind) is Mapping:
        if not isinstance(found, Mapping):
            return _refuse(found, "an object", path)
        return {str(key): _read(get_args(kind)[1], item, f"{path}/{key}") for key, item in found.items()}
    if is_dataclass(kind):
        return _dataclass(kind, found, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(found)
        except ValueError:
            return _refuse(found, f"a {kind.__name__}", path)
    return _scalar(kind, found, path)


def _scalar(kind: Any, found: Any, path: str) -> Any:
    if kind is NoneType:
        return None if found is None else _refuse(found, "null", path)
    if kind is float and isinstance(found, str) and found in _NUMBERS:
        return _NUMBERS[found]
    wanted = {float: (int, float), int: (int,), str: (str,), bool: (bool,)}.get(kind)
    fits = wanted is not None and isinstance(found, wanted) and (kind is bool or not isinstance(found, bool))
    return found if fits else _refuse(found, f"a {getattr(kind, '__name__', kind)}", path)


def _one_of(kinds: tuple[Any, ...], found: Any, path: str) -> Any:
    if isinstance(found, Mapping):
        named = next((k for k in kinds if is_dataclass(k) and _name(k) == found.get("is")), None)
        if named is not None:
            return _dataclass(named, found, path)
    for kind in kinds:
        if not is_dataclass(kind):
            try:
                return _read(kind, found, path)
            except ValueError:
                continue
    return _refuse(found, " or ".join(_name(k) for k in kinds), path)


def _dataclass(kind: Any, found: Any, path: str) -> Any:
    if not isinstance(found, Mapping) or found.get("is") != _name(kind):
        return _refuse(found, f"a {_name(kind)}", path)
    hints = _hints(kind)
    odd = sorted(set(found) - set(hints) - {"is"})
    if odd:
        return _refuse(odd[0], f"a field of {_name(kind)}", path)
    missing = [f.name for f in fields(kind) if f.name not in found and f.default is f.default_factory is MISSING]
    if missing:
        return _refuse(None, f"{missing[0]!r} in {_name(kind)}", path)
    return kind(**{name: _read(hints[name], item, f"{path}/{name}") for name, item in found.items() if name != "is"})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _name(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))


def _refuse(found: Any, wanted: str, path: str) -> Any:
    msg = f"{path or '/'}: {found!r:.60} is not {wanted}"
    raise ValueError(msg)
