"""The one service that a command is about."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relrails.cli._exit import USAGE

if TYPE_CHECKING:
    from relrails.service import Service


def chosen(ctx: click.Context, name: str, services_dir: Path) -> "Service":
    """Load a service; one with an error in it, or none of that name, ends with exit code 3."""
    import sys
    from difflib import get_close_matches

    from relrails.cli import _show
    from relrails.generate import lint
    from relrails.problems import Severity

    linted = lint(services_dir, today=_show.today())
    found = next((s for s in linted.services if s.name == name), None)
    errors = [p for p in linted.problems if p.severity is Severity.ERROR]
    if found is not None:
        errors = [p for p in errors if p.labels and p.labels[0].span.file == found.source.file]
    if errors:
        _show.problems_text(errors, linted.files, "generated/", sys.stderr)
        click.echo(f"{name} can be judged when its service file has no error", err=True)
        ctx.exit(USAGE)
    if found is None:
        near = get_close_matches(name, [str(s.name) for s in linted.services], n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise click.UsageError(f"there is no service named '{name}' in {services_dir}{meant}")
    return found
