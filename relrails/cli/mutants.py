"""`relrails mutants`: the rules broken on purpose."""

from pathlib import Path

import click

from relrails.cli import _options
from relrails.cli._exit import COULD_NOT, FOUND


@click.command("mutants", short_help="Break the rules on purpose, and see which proof notices.")
@_options.services
@click.option("--service", metavar="NAME", help="Only the SLOs of this service.")
@click.option("--slo", metavar="NAME", help="Only SLOs of this name.")
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Only N mutants, chosen at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed chooses the same mutants.")
@click.option("--list", "every", is_flag=True, help="Name every mutant, and the case that killed it.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    services_dir: Path,
    service: str | None,
    slo: str | None,
    sample: int | None,
    seed: int,
    every: bool,
    form: str,
) -> None:
    """Change the rules one thing at a time, and run the proofs against each change.

    A change that every proof passes is a hole in the proofs, unless it changes nothing that Prometheus would answer:
    those are declared one by one, with the reason. How often a group is evaluated is not among the changes, for
    promtool ignores it. Exits 1 where a mutant survives or a declaration is wrong, 2 where nothing could be run. The
    whole run takes minutes.

    \b
    Example:
      relrails mutants
      relrails mutants --service core-api --slo availability --list
      relrails mutants --sample 100 --seed 7
    """
    import sys

    from relrails import toolchain
    from relrails.cli import _show
    from relrails.cli._progress import progress
    from relrails.generate import lint
    from relrails.mutants import Plan, mutate
    from relrails.mutants.report import as_json, as_text, verdict
    from relrails.promtool import ToolError

    linted = lint(services_dir, today=_show.today())
    if linted.failed:
        _show.problems_text(linted.problems, linted.files, "", sys.stderr)
        ctx.exit(FOUND if linted.files else COULD_NOT)
    plan = Plan(service=service, slo=slo, sample=sample, seed=seed)
    if not any(plan.takes(s, o) for s in linted.services for o in s.promises):
        known = ", ".join(f"{s.name}/{o.name}" for s in linted.services for o in s.promises)
        raise click.UsageError(f"there is no such SLO; there are: {known}")
    tools = toolchain.find("promtool")
    if not tools:
        click.echo("relrails: no promtool was found; fix: python -m relrails.toolchain", err=True)
        ctx.exit(COULD_NOT)
    try:
        with progress("running mutants") as told:
            report = mutate(linted.services, max(tools, key=lambda t: t.version), plan, progress=told)
    except ToolError as error:
        click.echo(f"relrails: {error}", err=True)
        ctx.exit(COULD_NOT)
    if form == "json":
        _show.say_json(as_json(report))
    else:
        for line in as_text(report, every=every):
            click.echo(line)
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(verdict(report), err=True)
    if not report.ok:
        ctx.exit(FOUND)
