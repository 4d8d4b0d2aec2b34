"""`relrails probe`: the journeys, walked."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relrails.cli import _options
from relrails.cli._exit import COULD_NOT, FOUND
from relrails.probe.names import LISTEN

if TYPE_CHECKING:
    from relrails.live.probe.outcome import Run
    from relrails.live.probe.plan import Plan
    from relrails.live.probe.spans import Spans
    from relrails.probe import Target

PLANNING = ("-m", "relrails.cli._planning")
STATE = Path(".relrails-probe")
_state = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=STATE,
    show_default=True,
    metavar="DIR",
    help="Where clean-ups that are due are kept.",
)
_targets = click.option(
    "--target", "targets", multiple=True, metavar="NAME=URL", help="Go there instead; its address is allowed."
)


@click.group("probe", short_help="Walk the customer journeys, on their schedule or once.")
def command() -> None:
    """Walk the customer journeys.

    \b
    Example:
      relrails probe once auth_query --format junit
      relrails probe run --listen 127.0.0.1:9850
    """


@command.command("run", short_help="Walk all journeys on their schedule.")
@_options.services
@click.option("--listen", default=LISTEN, show_default=True, metavar="HOST:PORT", help="Where pages are shown.")
@_targets
@_state
@click.option("--log", "log_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Log in JSON.")
@click.option("--otlp", metavar="URL", help="Send spans there, such as http://127.0.0.1:4318/v1/traces.")
@click.pass_context
def run(
    ctx: click.Context,
    *,
    services_dir: Path,
    listen: str,
    targets: tuple[str, ...],
    state: Path,
    log_file: Path | None,
    otlp: str | None,
) -> None:
    """Walk all journeys on their schedule, until SIGTERM or Ctrl-C.

    Shows /metrics, /healthz and /runs/JOURNEY/last-failure at HOST:PORT; port 0 takes a free one, and says which. The
    log is written to FILE, else to standard output. SIGHUP reads the service files again, and changes nothing where
    they have errors. A run that is under way when it stops may finish, and is cleaned up after in any case.

    \b
    Example:
      relrails probe run --target core-api=http://127.0.0.1:8001 --log probes.jsonl
    """
    import asyncio

    _need(ctx, "live", "httpcore", "jsonpath", "re2", "sniffio")
    if otlp is not None:
        _need(ctx, "otel", "opentelemetry.sdk", "opentelemetry.exporter")
    from relrails.live.probe.log import Log
    from relrails.live.probe.pending import Pending
    from relrails.live.probe.reading import Read, read
    from relrails.live.probe.runner import Runner
    from relrails.live.probe.targets import TargetError, replaced

    where, by = _address(listen), _replacements(targets)
    plans = _plans(ctx, services_dir, by)

    async def reread() -> Read:
        found = await read(PLANNING, services_dir)
        try:
            return found if found.plans is None else Read(replaced(found.plans, by), found.talk)
        except TargetError as error:
            return Read(None, f"--target: {error}")

    def ready(url: str) -> None:
        click.echo(f"relrails: {len(plans)} journeys; {url}/metrics", err=True)

    spans = _spans(otlp)
    told = _nobody if spans is None else spans.export
    runner = Runner(log=Log(log_file), pending=Pending(state), reread=reread, version=_version(), told=told)
    try:
        asyncio.run(runner.run(plans, where, ready))
    except ValueError as error:
        click.echo(f"relrails: {error}", err=True)
        ctx.exit(COULD_NOT)
    if spans is not None:
        spans.close()


@command.command("once", short_help="Walk one journey once.")
@click.argument("journey")
@_options.services
@_targets
@_state
@click.option("--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True)
@click.pass_context
def once(
    ctx: click.Context, journey: str, *, services_dir: Path, targets: tuple[str, ...], state: Path, form: str
) -> None:
    """Walk JOURNEY once, and say how it went.

    Exits 0 where it succeeded, also at a second attempt; 1 where it failed; 2 where nobody can know, because the fault
    is the runner's own.

    \b
    Example:
      relrails probe once auth_query
      relrails probe once auth_query --target core-api=http://127.0.0.1:8001 --format junit
    """
    _need(ctx, "live", "httpcore", "jsonpath", "re2", "sniffio")
    from relrails.live.probe import report
    from relrails.live.probe.client import shared_context
    from relrails.live.probe.once import once as walk
    from relrails.live.probe.pending import Pending

    plans = _plans(ctx, services_dir, _replacements(targets))
    plan = next((p for p in plans if p.journey == journey), None)
    if plan is None:
        raise click.UsageError(_unknown(journey, plans))
    try:
        run = walk(plan, shared_context(), Pending(state))
    except ValueError as error:
        click.echo(f"relrails: {error}", err=True)
        ctx.exit(COULD_NOT)
    forms = {"text": report.text, "json": report.as_json, "junit": report.junit}
    click.echo(forms[form](run), nl=False)
    if run.outcome not in {"success", "flaky"}:
        ctx.exit(FOUND if run.outcome == "failure" else COULD_NOT)


def _need(ctx: click.Context, extra: str, *modules: str) -> None:
    """Name the extra that has a module which is not there."""
    from importlib.util import find_spec

    for module in modules:
        try:
            found = find_spec(module)
        except ModuleNotFoundError:
            found = None
        if found is None:
            said = f"relrails: this needs {module}, which is not installed: pip install 'relrails[{extra}]'"
            click.echo(said, err=True)
            ctx.exit(COULD_NOT)


def _spans(otlp: str | None) -> "Spans | None":
    if otlp is None:
        return None
    from relrails.live.probe.spans import Spans

    return Spans(otlp)


def _nobody(_run: "Run") -> None:
    """Nobody is told of a run."""


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise click.UsageError(f"--listen: '{listen}' is not HOST:PORT, such as 127.0.0.1:9850")
    return host.strip("[]"), int(port)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("relrails")
    except PackageNotFoundError:
        return "unknown"


def _replacements(targets: tuple[str, ...]) -> "dict[str, Target]":
    from relrails.live.probe.targets import TargetError, replacements

    try:
        return replacements(targets)
    except TargetError as error:
        raise click.UsageError(f"--target: {error}") from None


def _plans(ctx: click.Context, services_dir: Path, targets: "dict[str, Target]") -> "tuple[Plan, ...]":
    import asyncio

    from relrails.live.probe.reading import read
    from relrails.live.probe.targets import TargetError, replaced

    found = asyncio.run(read(PLANNING, services_dir))
    if found.talk:
        click.echo(found.talk, err=True)
    if found.plans is None:
        ctx.exit(COULD_NOT)
    try:
        return replaced(found.plans, targets)
    except TargetError as error:
        raise click.UsageError(f"--target: {error}") from None


def _unknown(journey: str, plans: "tuple[Plan, ...]") -> str:
    from difflib import get_close_matches

    known = [plan.journey for plan in plans]
    near = get_close_matches(journey, known, n=1)
    meant = f" Did you mean '{near[0]}'?" if near else f" There are {', '.join(known) or 'none'}."
    return f"the runner has no journey '{journey}'.{meant}"
