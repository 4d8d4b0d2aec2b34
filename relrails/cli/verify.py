"""`relrails verify`: the proofs, run."""

from pathlib import Path

import click

from relrails.cli import _options
from relrails.cli._exit import COULD_NOT, FOUND


@click.command("verify", short_help="Run the proofs on every promtool there is.")
@_options.services
@_options.out
@click.option("--all", "everything", is_flag=True, help="Run all proofs, not only those that changed since last green.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, *, services_dir: Path, out: Path, everything: bool, form: str) -> None:
    """Run the promtool tests in OUT on every promtool there is, and say what they prove.

    Looks for promtool on PATH and in .tools (`python -m relrails.toolchain` fetches it). Exits 1 where a proof fails,
    2 where nothing could be proved. What could not be run is said, never passed over.

    \b
    Example:
      relrails verify
      relrails verify --all
    """
    import sys

    from relrails import toolchain
    from relrails.cli import _show
    from relrails.cli._progress import progress
    from relrails.generate import lint
    from relrails.generate.memory import FOLDER
    from relrails.verify import verify

    linted = lint(services_dir, today=_show.today())
    if linted.failed:
        _show.problems_text(linted.problems, linted.files, f"{out}/", sys.stderr)
        ctx.exit(FOUND if linted.files else COULD_NOT)
    tools, cache = toolchain.find("promtool"), services_dir.absolute().parent / FOLDER
    with progress("running proofs") as told:
        verdict = verify(linted.services, out, tools, cache, everything=everything, progress=told)
    if form == "json":
        _show.say_json(
            {
                "ok": verdict.ok,
                "ran": verdict.ran,
                "unchanged": verdict.unchanged,
                "cases": verdict.cases,
                "failures": list(verdict.failures),
                "not_run": list(verdict.not_run),
                "summary": list(verdict.summary),
            }
        )
    else:
        for line in (*verdict.summary, *(f"failed: {failure}" for failure in verdict.failures)):
            click.echo(line)
        for line in verdict.not_run:
            click.echo(f"not run: {line}", err=True)
        click.echo(
            f"{verdict.cases} cases, {verdict.ran} files run and {verdict.unchanged} unchanged since they were green, "
            f"on {', '.join(map(str, tools)) or 'no promtool'}",
            err=True,
        )
    if not verdict.ok:
        ctx.exit(FOUND if verdict.failures else COULD_NOT)
