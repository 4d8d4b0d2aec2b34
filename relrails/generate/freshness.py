"""Whether generated/ is what the services say, without writing anything.

Everything is rendered anew: a check that believed the memory of the last run would prove the memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from relrails import output
from relrails.generate.linting import Linted, lint
from relrails.output import Stale
from relrails.problems import Problem

if TYPE_CHECKING:
    from relrails.files import File
    from relrails.generate.rendering import Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What is stale; None when an error keeps anybody from knowing."""

    services: int
    problems: tuple[Problem, ...]
    stale: tuple[Stale, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Diffed:
    """The lines of the diff, rendered as they are read; None when an error keeps anybody from knowing."""

    services: int
    problems: tuple[Problem, ...]
    lines: Iterator[str] | None


def check(services_dir: Path, out: Path, *, today: date, progress: "Progress | None" = None) -> Checked:
    """Name every file that `generate` would create, change or remove."""
    linted = lint(services_dir, today=today)
    stale = None if linted.failed else output.check(_files(linted, progress), out)
    return Checked(services=linted.files, problems=linted.problems, stale=stale)


def diff(services_dir: Path, out: Path, *, today: date, progress: "Progress | None" = None) -> Diffed:
    """Show what `generate` would change, as a unified diff."""
    linted = lint(services_dir, today=today)
    lines = None if linted.failed else output.diff(_files(linted, progress), out)
    return Diffed(services=linted.files, problems=linted.problems, lines=lines)


def _files(linted: Linted, progress: "Progress | None") -> "Iterator[File]":
    from relrails.generate.rendering import each_service, of_fleet  # grafanalib comes with it

    for files in each_service(linted.services, _itself, progress):
        yield from files
    yield from of_fleet(linted.services)


def _itself(file: "File") -> "File":
    return file
