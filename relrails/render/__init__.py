"""From values to files, one module for each target; a new module here is a new target, and nothing else is edited."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from relrails.files import File
from relrails.service import Service


@dataclass(frozen=True, slots=True)
class Target:
    """What writes one kind of file: for each service by itself, and for all of them together."""

    name: str
    of_service: Callable[[Service], Iterator[File]] | None
    of_fleet: Callable[[Sequence[Service]], Iterator[File]] | None


def targets() -> tuple[Target, ...]:
    """Find every module of this package that has `render_service` or `render_fleet`, in sorted order."""
    found = []
    for module_info in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        of_service = getattr(module, "render_service", None)
        of_fleet = getattr(module, "render_fleet", None)
        if of_service or of_fleet:
            found.append(Target(module_info.name, of_service, of_fleet))
    return tuple(found)
