"""Secrets, wherever a service refers to one."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from typing import Any

from relrails.checks._fields import Misfit, declared
from relrails.checks._sound import known
from relrails.probe import Secret
from relrails.service import Service


def all_secrets(service: Service) -> Iterator[Secret]:
    """Give every secret of a service once, those in the values of requests too."""
    seen: set[int] = set()
    for found in secrets_of(service):
        if id(found) not in seen:
            seen.add(id(found))
            yield found


def secrets_of(value: Any) -> Iterator[Secret]:
    """Give the secrets in a value, and in all that it holds."""
    if not known(value):
        return
    if isinstance(value, Secret):
        if known(value.reference):
            yield value
    elif declared(value):
        for field in fields(value):
            if field.name != "source":
                yield from secrets_of(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from secrets_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from secrets_of(inner)


def misplaced(misfit: Misfit) -> bool:
    """Tell whether a value does not fit its field because it is a secret, or holds one."""
    if misfit.field not in {"path", "query", "body"}:
        return False
    with suppress(AttributeError):
        return next(secrets_of(misfit.value), None) is not None
    return False
