"""The list of checks, which nobody edits: a file in this package is on it."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from relrails.loader.near import near
from relrails.problems import Problem, Severity

Find = Callable[..., Iterator[Problem]]
F = TypeVar("F", bound=Find)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A fault that we know: its code, how much it matters, its manual page, and the function that finds it.

    `takes` are the names of the function's parameters. A fault that cannot be waived is one after which the output
    would be refused, or could reach where it must not.
    """

    code: str
    severity: Severity
    waivable: bool
    manual: str
    takes: tuple[str, ...] = ()
    find: Find | None = None


class UnknownCodeError(LookupError):
    """A code that no check has; the message names the nearest."""


_found: dict[str, Check] = {}


def check(code: str, *, severity: Severity = Severity.ERROR, waivable: bool = True) -> Callable[[F], F]:
    """Register a function over the parts of one service that its parameters name."""

    def registered(find: F) -> F:
        takes = tuple(inspect.signature(find).parameters)
        manual = sys.modules[find.__module__].__doc__ or ""
        _add(Check(code=code, severity=severity, waivable=waivable, manual=manual, takes=takes, find=find))
        return find

    return registered


def fleet_check(code: str, *, severity: Severity = Severity.ERROR, waivable: bool = True) -> Callable[[F], F]:
    """Register a function over all services together; its one parameter is `services`."""
    return check(code, severity=severity, waivable=waivable)


def elsewhere(code: str, manual: str | None, *, severity: Severity = Severity.ERROR) -> None:
    """Register the manual page of a fault that is found before or after the checks: by the loader, or in a waiver."""
    _add(Check(code=code, severity=severity, waivable=False, manual=manual or ""))


@cache
def checks() -> Mapping[str, Check]:
    """All checks, sorted by their code."""
    package = sys.modules[__package__]
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        importlib.import_module(f"{__package__}.{module.name}")
    return MappingProxyType({code: _found[code] for code in sorted(_found)})


def explain(code: str) -> str:
    """Give the manual page of a fault; raises UnknownCodeError."""
    known: Any = checks()
    if code in known:
        return inspect.cleandoc(known[code].manual)
    close = near(code, known)
    raise UnknownCodeError(f"there is no {code}{f'; {close} is near' if close else ''}")


def _add(found: Check) -> None:
    if found.code in _found and _found[found.code].manual != found.manual:
        msg = f"two checks are named {found.code}"
        raise ValueError(msg)
    _found[found.code] = found
