"""`relrails explain`: what a fault, a service or an SLO means."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relrails.cli import _options
from relrails.cli._exit import FOUND

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from relrails.service import Service


def _complete(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from relrails.checks import checks
    from relrails.output.manual import MANUAL

    # The names of rule files, because loading services to complete a word would run them.
    rules = Path(ctx.params.get("out") or "generated") / "prometheus" / "rules"
    slos = [path.stem.replace(".", "/", 1) for path in sorted(rules.glob("*.*.yml"))]
    services = sorted({name.partition("/")[0] for name in slos})
    return [CompletionItem(name) for name in (*services, *slos, *checks(), *MANUAL) if name.startswith(incomplete)]


@click.command("explain", short_help="Say what a fault, a service, an SLO or a journey means.")
@click.argument("subject", metavar="CODE|SERVICE|SERVICE/SLO|JOURNEY", shell_complete=_complete)
@_options.services
@click.pass_context
def command(ctx: click.Context, subject: str, *, services_dir: Path) -> None:
    """Explain a fault by its code, or what a service or one of its SLOs promises, records and alerts on.

    For an SLO: the promise in minutes and events, each alert with its threshold worked out and the time until it
    fires, and each recorded series. For a journey: who runs it and why, what it renders to, its steps, whom it calls
    and how soon.

    \b
    Example:
      relrails explain slo/no-error-budget
      relrails explain core-api
      relrails explain core-api/availability
      relrails explain auth_query
    """
    from relrails.checks import UnknownCodeError, explain
    from relrails.output.manual import MANUAL

    if subject in MANUAL:
        click.echo(MANUAL[subject])
        return
    try:
        click.echo(explain(subject))
    except UnknownCodeError as unknown:
        _explain_service(ctx, subject, services_dir, unknown)


def _explain_service(ctx: click.Context, subject: str, services_dir: Path, unknown: LookupError) -> None:
    import sys

    from relrails.cli import _explaining, _show
    from relrails.generate import lint
    from relrails.problems import Severity

    linted = lint(services_dir, today=_show.today())
    name, _, slo_name = subject.partition("/")
    journey = None
    service = next((s for s in linted.services if s.name == name), None)
    if service is None:
        owned = ((s, j) for s in linted.services for j in s.journeys if j.name == subject)
        service, journey = next(owned, (None, None))
    if service is None:
        if not linted.services:
            _show.problems_text(linted.problems, linted.files, "generated/", sys.stderr)
        raise click.UsageError(_nothing(subject, linted.services, unknown))
    files = {service.source.file, *(j.source.file for j in service.journeys)}
    its_own = [p for p in linted.problems if p.labels and p.labels[0].span.file in files]
    if any(p.severity is Severity.ERROR for p in its_own):
        _show.problems_text(its_own, 1, "generated/", sys.stderr)
        click.echo(f"{name} can be explained when it has no error", err=True)
        ctx.exit(FOUND)
    if journey is not None:
        from relrails.cli._explaining_journey import journey_text

        click.echo(journey_text(service, journey))
        return
    if not slo_name:
        click.echo(_explaining.service_text(service))
        return
    slo = next((s for s in service.promises if s.name == slo_name), None)
    if slo is None:
        raise click.UsageError(_nothing(subject, linted.services, unknown))
    click.echo(_explaining.slo_text(service, slo))


def _nothing(subject: str, services: "Sequence[Service]", unknown: LookupError) -> str:
    from difflib import get_close_matches

    known = [name for s in services for name in (str(s.name), *(f"{s.name}/{slo.name}" for slo in s.promises))]
    known += [journey.name for s in services for journey in s.journeys]
    near = get_close_matches(subject, known, n=1)
    meant = f"; the nearest is {near[0]}" if near else f"; {unknown}" if "near" in str(unknown) else ""
    return f"there is no fault, service, SLO or journey named '{subject}'{meant}"
