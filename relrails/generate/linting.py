"""Every problem of every service, and the services in the order in which they are rendered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from relrails.problems import Problem, has_errors, sorted_problems

if TYPE_CHECKING:
    from relrails.service import Service


@dataclass(frozen=True, kw_only=True, slots=True)
class Linted:
    """What a folder of services holds; `files` is how many service files there are, loaded or not."""

    services: "tuple[Service, ...]"
    problems: tuple[Problem, ...]
    files: int
    inputs: tuple[Path, ...]

    @property
    def failed(self) -> bool:
        """Whether nothing may be written."""
        return has_errors(self.problems)


def lint(
    services_dir: Path, *, today: date, loaded_all: "Callable[[Sequence[Service]], object] | None" = None
) -> Linted:
    """Load and check everything; waivers are held against `today`.

    `loaded_all` is told of the services, where all of them could be loaded, before they are checked: what it begins
    with them is of no use to anybody when a check finds an error.
    """
    from relrails.checks import run  # with the loader, all that imports pint
    from relrails.loader import load

    loaded = load(services_dir)
    services = tuple(sorted(loaded.services, key=lambda s: str(s.name)))
    if loaded_all is not None and not has_errors(loaded.problems):
        loaded_all(services)
    problems = sorted_problems([*loaded.problems, *run(loaded.services, today)])
    return Linted(
        services=services,
        problems=tuple(problems),
        files=len(loaded.files),
        inputs=loaded.inputs,
    )
