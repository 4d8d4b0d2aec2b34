"""Every problem of every service, and the services in the order in which they are rendered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from relrails.problems import Problem, has_errors, sorted_problems

if TYPE_CHECKING:
    from relrails.loader import Loaded
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


def lint(services_dir: Path, *, today: date) -> Linted:
    """Load and check everything; waivers are held against `today`."""
    from relrails.loader import load  # imports pint

    return checked(load(services_dir), today=today)


def checked(loaded: "Loaded", *, today: date) -> Linted:
    """Check what has been loaded."""
    from relrails.checks import run

    return Linted(
        services=in_order(loaded.services),
        problems=tuple(sorted_problems([*loaded.problems, *run(loaded.services, today)])),
        files=len(loaded.files),
        inputs=loaded.inputs,
    )


def in_order(services: "Iterable[Service]") -> "tuple[Service, ...]":
    """Give services in the order in which they are rendered, whatever their files are called."""
    return tuple(sorted(services, key=lambda s: str(s.name)))
