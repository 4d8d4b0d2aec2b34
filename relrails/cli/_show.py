"""Problems on a screen, in JSON, or beside the lines of a pull request."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, TextIO

import click

from relrails.problems import Problem, draw, github, tally, to_dict


def today() -> date:
    """The day that waivers are held against; the same day everywhere."""
    return datetime.now(UTC).date()


def problems_text(problems: Sequence[Problem], services: int, out: str, to: TextIO) -> None:
    """Draw problems for people, and sum them up."""
    color = to.isatty() and "NO_COLOR" not in os.environ
    for problem in problems:
        click.echo(draw(problem, color=color) + "\n", file=to, color=color)
    if problems:
        click.echo(tally(problems, services, out), file=to)


def problems_json(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Give problems as JSON values."""
    return [to_dict(problem) for problem in problems]


def say_json(value: object) -> None:
    """Print a result for a program."""
    click.echo(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))


def say_github(problems: Sequence[Problem]) -> None:
    """Print a result as GitHub's workflow commands."""
    for problem in problems:
        click.echo(github(problem))


def refused(problems: Sequence[Problem]) -> None:
    """Say why nothing was done."""
    problems_text(problems, 0, "", sys.stderr)
