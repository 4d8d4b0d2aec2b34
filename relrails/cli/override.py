"""`relrails override`: what people decide against the automatic verdict, on record."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relrails.cli import _options
from relrails.cli._exit import FOUND

if TYPE_CHECKING:
    from relrails.judge.override import Override


class Lifetime(click.ParamType):  # type: ignore[type-arg] # generic from click 8.3 on, not before
    """A length of time: `2h`, `30m`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it as seconds."""
        sizes = {"h": 3600, "m": 60, "s": 1}
        text = str(value).strip()
        number, unit = text[:-1], text[-1:]
        if unit not in sizes or not number.isdecimal():
            self.fail(f"{text!r} is no time; write, for example, 2h or 30m", param, ctx)
        return float(number) * sizes[unit]


@click.group("override", short_help="Decide against the automatic verdict, on record.")
def command() -> None:
    """Let one release pass a gate, or decide a canary, against the automatic verdict: two people, a reason, once.

    \b
    Example:
      relrails override list
    """


@command.command("create", short_help="Create an override for one artifact.")
@click.argument("service", metavar="SERVICE")
@click.option("--kind", type=click.Choice(["gate", "promote", "rollback", "extend"]), required=True)
@_options.artifact
@click.option("--by", required=True, metavar="NAME", help="Who decides.")
@click.option("--approved-by", required=True, metavar="NAME", help="Who approves; somebody else.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in at least 15 characters.")
@click.option("--ticket", default="", metavar="TEXT", help="Where it is discussed.")
@click.option("--ttl", type=Lifetime(), default="2h", show_default=True, help="How long it may be used; at most 24h.")
@click.option("--extend-by", type=Lifetime(), default="0m", help="How much longer a canary is watched.")
@_options.evidence
def create(service: str, **given: Any) -> None:
    """Create an override. It holds for one artifact, may be used once, and is in the ledger for ever.

    `gate` lets a blocked release pass. `promote`, `rollback` and `extend` are heard by the canary that runs; its
    automatic verdict is kept beside them. Names are taken as they are given: who may run this is who may decide.

    \b
    Example:
      relrails override create core-api --kind gate --artifact sha256:4f1c… \\
        --by ada --approved-by grace --reason "the fix for the outage of this morning"
    """
    import time
    import uuid

    from relrails.judge.override import Override
    from relrails.overrides import OverrideError, Store

    now = time.time()
    made = Override(
        id=f"o-{uuid.uuid4().hex[:12]}",
        kind=given["kind"],
        service=service,
        artifact=given["artifact"],
        by=given["by"],
        approved_by=given["approved_by"],
        reason=given["reason"],
        created=now,
        expires=now + given["ttl"],
        ticket=given["ticket"],
        seconds=given["extend_by"],
    )
    try:
        head = Store(given["evidence_dir"]).create(made)
    except OverrideError as error:
        raise click.UsageError(str(error)) from error
    click.echo(line(made))
    click.echo(f"relrails: the head of the ledger is sha256:{head}; tell it where nobody can edit it", err=True)


@command.command("list", short_help="List overrides.")
@click.argument("service", metavar="[SERVICE]", required=False)
@click.option("--all", "everything", is_flag=True, help="Also those that were used or have expired.")
@_options.evidence
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def listing(ctx: click.Context, /, service: str | None, *, everything: bool, evidence_dir: Path, form: str) -> None:
    """List the overrides that are open; exits 1 where the ledger was edited.

    \b
    Example:
      relrails override list core-api
      relrails override list --all --format json
    """
    import time
    from dataclasses import asdict

    from relrails.cli import _show
    from relrails.overrides import OverrideError, Store

    now = time.time()
    try:
        known = [(o, used) for o, used in Store(evidence_dir).all() if service in {None, o.service}]
    except OverrideError as error:
        click.echo(f"relrails: {error}", err=True)
        ctx.exit(FOUND)
    shown = [(o, used) for o, used in known if everything or (not used and now < o.expires)]
    if form == "json":
        _show.say_json([{**asdict(o), "used": used, "expired": now >= o.expires} for o, used in shown])
        return
    for override, used in shown:
        state = "used" if used else "expired" if now >= override.expires else "open"
        click.echo(f"{state} {line(override)}")
    if not shown:
        click.echo("relrails: no override is open" if not everything else "relrails: there is no override", err=True)


def line(override: "Override") -> str:
    """Say an override in one line."""
    from datetime import UTC, datetime

    until = datetime.fromtimestamp(override.expires, UTC).strftime("%Y-%m-%d %H:%MZ")
    return (
        f"{override.id} {override.kind} {override.service} {override.artifact} until {until}, by {override.by}, "
        f"approved by {override.approved_by}: {override.reason}"
    )
