"""`relrails generate`: services in, generated/ out."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relrails.cli import _options
from relrails.cli._exit import COULD_NOT, FOUND

if TYPE_CHECKING:
    from relrails.generate import Generated
    from relrails.output import Stale
    from relrails.problems import Problem

SHOWN = 30
"""Files that are named one by one; `--format json` names them all."""


@click.command("generate", short_help="Write rules, proofs, dashboards and runbooks.")
@_options.services
@_options.out
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and name the files that are stale.")
@click.option("--diff", is_flag=True, help="Write nothing; exit 1 and print what would change as a unified diff.")
@click.option("--force", is_flag=True, help="Overwrite files that relrails did not make, remove those edited by hand.")
@_options.form
@click.pass_context
def command(
    ctx: click.Context, *, services_dir: Path, out: Path, check: bool, diff: bool, force: bool, form: str
) -> None:
    """Write everything that follows from the service files: rules, proofs, dashboards, runbooks.

    Nothing is written while a service has an error. Files that are no longer made are removed, but only those that
    relrails made: OUT/MANIFEST.sha256 lists them. A second run does only what has changed; --check and --diff always
    render everything anew.

    \b
    Example:
      relrails generate
      relrails generate --services slo --out monitoring/generated
      relrails generate --check      in CI: is what is committed what the services say?
    """
    if check and diff:
        raise click.UsageError("--check and --diff exclude each other: one names the files, the other shows them")
    if force and (check or diff):
        raise click.UsageError("--force writes, --check and --diff do not")
    if diff and form != "text":
        raise click.UsageError("--diff has one format, that of diff(1)")
    gc.disable()  # values that are printed and let go hold no cycles: looking for some takes a quarter of the run

    from relrails.generate import WorkFailed
    from relrails.output import Refused

    try:
        if check:
            code = _check(services_dir, out, form)
        elif diff:
            code = _diff(services_dir, out)
        else:
            code = _generate(services_dir, out, form, force=force)
    except Refused as error:
        from relrails.cli import _show

        _show.refused(error.problems)
        click.echo(f"{out}/ is unchanged", err=True)
        code = COULD_NOT
    except WorkFailed as error:
        click.echo(f"relrails: this is a fault of relrails, please report it with these lines:\n{error}", err=True)
        code = COULD_NOT
    gc.freeze()  # Python collects once more before it exits, whatever it is told: a tenth of a small run
    ctx.exit(code)


def _generate(services_dir: Path, out: Path, form: str, *, force: bool) -> int:
    from relrails.cli import _show
    from relrails.cli._progress import progress
    from relrails.generate import generate

    with progress("rendering services") as told:
        done = generate(services_dir, out, today=_show.today(), force=force, progress=told)
    match form:
        case "json":
            _show.say_json(_as_json(done))
        case "github":
            _show.say_github(done.problems)
        case _:
            _show.problems_text(done.problems, done.services, f"{out}/", sys.stderr)
            _say_written(done, out)
    return _failed(done.services) if done.written is None else 0


def _check(services_dir: Path, out: Path, form: str) -> int:
    from relrails.cli import _show
    from relrails.cli._progress import progress
    from relrails.generate import check

    with progress("rendering services") as told:
        done = check(services_dir, out, today=_show.today(), progress=told)
    stale = () if done.stale is None else done.stale
    match form:
        case "json":
            said = None if done.stale is None else [{"path": s.path, "how": s.how} for s in done.stale]
            _show.say_json({"problems": _show.problems_json(done.problems), "services": done.services, "stale": said})
        case "github":
            _show.say_github([*done.problems, *_stale_problems(stale, out)])
        case _:
            _show.problems_text(done.problems, done.services, f"{out}/", sys.stderr)
            for found in stale:
                click.echo(f"{found.how:14} {out / found.path}")
    if done.stale is None:
        return _failed(done.services)
    if stale:
        click.echo(f"{out}/ is stale: {_files(len(stale))}; fix: run `relrails generate` and commit it", err=True)
        return FOUND
    click.echo(f"{out}/ is what the services say", err=True)
    return 0


def _diff(services_dir: Path, out: Path) -> int:
    from relrails.cli import _show
    from relrails.cli._progress import progress
    from relrails.generate import diff

    with progress("rendering services") as told:
        done = diff(services_dir, out, today=_show.today(), progress=told)
        _show.problems_text(done.problems, done.services, f"{out}/", sys.stderr)
        if done.lines is None:
            return _failed(done.services)
        differs = False
        for line in done.lines:
            click.echo(line, nl=False)
            differs = True
    return FOUND if differs else 0


def _failed(services: int) -> int:
    return FOUND if services else COULD_NOT


def _say_written(done: "Generated", out: Path) -> None:
    if done.written is None:
        return
    changes = [(how, path) for how in ("created", "changed", "removed") for path in getattr(done.written, how)]
    for how, path in changes[:SHOWN]:
        click.echo(f"{how} {out / path}")
    if len(changes) > SHOWN:
        click.echo(f"... and {len(changes) - SHOWN} more")
    total = len(done.written.created) + len(done.written.changed) + len(done.written.unchanged)
    counts = [f"{len(getattr(done.written, how))} {how}" for how in ("created", "changed", "removed")]
    said = ", ".join(c for c in counts if not c.startswith("0 ")) or "nothing changed"
    services = f"{done.services} service{'' if done.services == 1 else 's'}"
    click.echo(f"{out}/ has {_files(total)} for {services}: {said}", err=True)


def _as_json(done: "Generated") -> dict[str, object]:
    from relrails.cli import _show

    written = done.written
    names = ("created", "changed", "removed", "unchanged")
    return {
        "problems": _show.problems_json(done.problems),
        "services": done.services,
        "written": None if written is None else {how: list(getattr(written, how)) for how in names},
    }


def _stale_problems(stale: "Sequence[Stale]", out: Path) -> "list[Problem]":
    from relrails.problems import Label, Problem
    from relrails.source import Span

    return [
        Problem(
            code="output/stale",
            what=f"{out / found.path} is stale: {found.how}",
            labels=(Label(Span(str((out / found.path).absolute()))),),
            why="what is reviewed and deployed is not what the services say",
            fix="run `relrails generate` and commit the result",
        )
        for found in stale
    ]


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
