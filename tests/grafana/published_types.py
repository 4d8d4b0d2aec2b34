"""Holds a dashboard against the types that Grafana publishes in grafana-foundation-sdk (pinned; see pyproject).

Three ways, because each alone misses faults: reading the JSON into the types must not fail, writing it back must lose
and change nothing, and every value that was read must be of the type that its field declares.
"""

import enum
import json
import types
import typing
from collections.abc import Iterator
from typing import Any

from grafana.sdk import Dashboard, JSONEncoder, variants

Json = Any

# Grafana reads these, its published types do not have them.
_UNPUBLISHED = {
    ("annotations", "list", "*", "expr"),  # the query of a Prometheus annotation
    ("annotations", "list", "*", "step"),
    ("annotations", "list", "*", "tagKeys"),
    ("annotations", "list", "*", "titleFormat"),
}


def type_faults(dashboard: Json) -> list[str]:
    """List where a dashboard departs from Grafana's types, each as `path: what`."""
    try:
        read = Dashboard.from_json(json.loads(json.dumps(dashboard)))
        written = json.loads(json.dumps(read, cls=JSONEncoder))
    except Exception as error:
        return [f"(dashboard): cannot be read: {type(error).__name__}: {error}"]
    return sorted({*_lost(dashboard, written, ()), *_mistyped(read, ("dashboard",), set())})


def _lost(before: Json, after: Json, path: tuple[str, ...]) -> Iterator[str]:
    if tuple("*" if part.isdigit() else part for part in path) in _UNPUBLISHED:
        return
    where = ".".join(path)
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if key in after:
                yield from _lost(value, after[key], (*path, key))
            elif value is not None and (*_starred(path), key) not in _UNPUBLISHED:
                yield f"{where}.{key}: not in the published types"
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (mine, theirs) in enumerate(zip(before, after, strict=True)):
            yield from _lost(mine, theirs, (*path, str(index)))
    elif before != after:
        yield f"{where}: {before!r} is read as {after!r}"


def _starred(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("*" if part.isdigit() else part for part in path)


def _mistyped(value: Any, path: tuple[str, ...], seen: set[int]) -> Iterator[str]:
    """Walk the objects that the SDK built, and compare each attribute with its annotation."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _mistyped(inner, (*path, str(index)), seen)
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _mistyped(inner, (*path, str(key)), seen)
        return
    if (
        not type(value).__module__.startswith("grafana_foundation_sdk")
        or isinstance(value, enum.Enum)
        or id(value) in seen
    ):
        return
    seen.add(id(value))
    for name, hint in _hints(type(value)).items():
        if not hasattr(value, name):
            continue
        inner = getattr(value, name)
        if not _fits(inner, hint):
            yield f"{'.'.join((*path, name))}: {inner!r} is not {_named(hint)}"
        yield from _mistyped(inner, (*path, name), seen)


def _hints(of: type) -> dict[str, Any]:
    if of not in _HINTS:
        _HINTS[of] = typing.get_type_hints(of)
    return _HINTS[of]


_HINTS: dict[type, dict[str, Any]] = {}


def _fits(value: Any, hint: Any) -> bool:
    if hint is Any or hint is object:
        return True
    if isinstance(hint, typing.ForwardRef):
        return True
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, one) for one in arguments)
    if origin is typing.Literal:
        return any(value == one and type(value) is type(one) for one in arguments)
    if origin is list:
        return isinstance(value, list) and all(_fits(inner, arguments[0]) for inner in value)
    if origin is dict:
        return isinstance(value, dict) and all(_fits(inner, arguments[1]) for inner in value.values())
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return isinstance(value, hint) or value in [member.value for member in hint]
    if hint is variants.Dataquery:
        return True  # an abstract class; the query itself is walked
    if isinstance(value, dict) and hasattr(hint, "from_json"):
        return _reads_whole(value, hint)  # the SDK leaves some lists as they came
    return isinstance(value, hint)


def _reads_whole(value: Json, hint: Any) -> bool:
    try:
        read = hint.from_json(value)
        written = json.loads(json.dumps(read, cls=JSONEncoder))
    except Exception:
        return False
    return not list(_lost(value, written, ())) and not list(_mistyped(read, (), set()))


def _named(hint: Any) -> str:
    return str(hint).replace("typing.", "").replace("grafana_foundation_sdk.models.", "")
