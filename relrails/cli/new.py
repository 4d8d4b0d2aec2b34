"""`relrails new`: a service file to start from."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relrails.cli import _options
from relrails.cli._exit import COULD_NOT

if TYPE_CHECKING:
    from relrails.generate import Linted


@click.group("new", short_help="Write a service file to start from.")
def command() -> None:
    """Write a file to start from.

    \b
    Example:
      relrails new service checkout --owner payments
    """


@command.command("service", short_help="Write a service file to start from.")
@click.argument("name")
@_options.services
@click.option("--owner", default="your-team", show_default=True, help="Who is called when it breaks.")
@click.option("--runbook", metavar="URL", help="Where the generated runbook is published; else as for its neighbours.")
@click.option("--grafana", metavar="URL", help="Address of Grafana; else that of the other services.")
@click.pass_context
def service(
    ctx: click.Context, *, name: str, services_dir: Path, owner: str, runbook: str | None, grafana: str | None
) -> None:
    """Write a service file with two SLOs, and sections for probes, rollback and budgets; it passes lint at once.

    \b
    Example:
      relrails new service checkout
      relrails new service checkout --owner payments --grafana https://grafana.example.com
    """
    import sys

    from relrails.cli import _show
    from relrails.cli._template import refused_name, service_file
    from relrails.generate import lint
    from relrails.problems import Severity

    refused = refused_name(name, _show.today())
    if refused is not None:
        raise click.BadParameter(refused, ctx, param_hint="NAME")
    file = services_dir / f"{name.replace('-', '_')}.py"
    if file.exists() or file.is_symlink():
        raise click.BadParameter(f"{file} is there already; it is left as it is", ctx, param_hint="NAME")
    neighbours = lint(services_dir, today=_show.today())
    text = service_file(
        name,
        owner=owner,
        runbook=runbook or _runbook_like(neighbours, name),
        grafana=grafana or next((s.grafana for s in neighbours.services), "https://grafana.example.com"),
    )
    services_dir.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as written:
        written.write(text)
    whole = lint(services_dir, today=_show.today())
    its_own = [p for p in whole.problems if p.labels and Path(p.labels[0].span.file).name == file.name]
    if any(p.severity is Severity.ERROR for p in its_own):
        _show.problems_text(its_own, 1, "generated/", sys.stderr)
        file.unlink()
        click.echo(f"{file} was not written", err=True)
        ctx.exit(COULD_NOT)
    click.echo(file)
    click.echo("next: say in it what the service exports and promises, then `relrails generate`", err=True)


def _runbook_like(neighbours: "Linted", name: str) -> str:
    """Give the address that a neighbour's runbook would have under another name."""
    for other in neighbours.services:
        if other.name in other.runbook:
            before, _, after = other.runbook.rpartition(other.name)
            return f"{before}{name}{after}"
    return f"https://runbooks.example.com/{name}"
