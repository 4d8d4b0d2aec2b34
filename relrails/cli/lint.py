"""`relrails lint`: what is wrong with the service files."""

import sys
from pathlib import Path

import click

from relrails.cli import _options
from relrails.cli._exit import COULD_NOT, FOUND


@click.command("lint", short_help="Find what is wrong with the service files.")
@_options.services
@_options.form
@click.pass_context
def command(ctx: click.Context, services_dir: Path, form: str) -> None:
    """Find every fault of every service file, each with its place, its consequence and its fix.

    Exits 1 where there is an error; warnings and notes alone are fine. `relrails explain CODE` says more about a
    fault, and `# relrails: allow CODE until 2027-01-31, because ...` on a line allows it there until that day.

    \b
    Example:
      relrails lint
      relrails lint --format github     in CI: beside the lines of the pull request
    """
    from relrails.cli import _show
    from relrails.generate import lint
    from relrails.problems import tally

    linted = lint(services_dir, today=_show.today())
    match form:
        case "json":
            _show.say_json({"problems": _show.problems_json(linted.problems), "services": linted.files})
        case "github":
            _show.say_github(linted.problems)
        case _:
            _show.problems_text(linted.problems, linted.files, "generated/", sys.stdout)
    if form == "text" and not linted.problems:
        click.echo(tally((), linted.files), err=True)
    if linted.failed:
        ctx.exit(FOUND if linted.files else COULD_NOT)
