"""`relrails evidence`: what was decided, shown and checked."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relrails.cli._exit import COULD_NOT, FOUND

if TYPE_CHECKING:
    from relrails.evidence.verifying import Verification

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_ledger = click.option(
    "--ledger", type=click.Path(path_type=Path), metavar="FILE", help="The ledger, where it is not ../../ledger.jsonl."
)
_head = click.option("--head", metavar="SHA256", help="A head of the ledger that was told elsewhere, in a CI log say.")
_key = click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The public key that must have signed; `openssl pkey -in KEY -pubout` prints it.",
)
_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_WORDS = {True: "ok", False: "DIFFERS", None: "cannot tell"}


@click.group("evidence", short_help="Check and show what a gate or a canary decided.")
def command() -> None:
    """Check and show the bundles that gates and canaries leave behind, and folders of evidence.

    \b
    Example:
      relrails evidence show evidence/core-api/20260102T030705Z-4e65d3fb     what was decided, and why
      relrails evidence verify evidence/core-api/20260102T030705Z-4e65d3fb   whether to believe it
    """


@command.command("verify", short_help="Check that a bundle is what was written, and decide again.")
@_folder
@_ledger
@_head
@_key
@_form
@click.pass_context
def verify_command(
    ctx: click.Context, *, folder: Path, ledger: Path | None, head: str | None, key: Path | None, form: str
) -> None:
    """Check a bundle: every byte, its line in the ledger, its signature, and the verdict, made again from its counts.

    Exits 1 where something differs, 2 where something cannot be told: the ledger is elsewhere, or it is signed and no
    key was given.

    \b
    Example:
      relrails evidence verify evidence/core-api/20260102T030705Z-4e65d3fb
      relrails evidence verify DIR --head c576db74…   --key release.pub
    """
    found = _verified(ctx, folder, ledger, head, key)
    _say(found, form)
    if found.ok is not True:
        ctx.exit(COULD_NOT if found.ok is None else FOUND)


@command.command("show", short_help="Show the report of a bundle, and whether to believe it.")
@_folder
@_ledger
@_head
@_key
@click.pass_context
def show_command(ctx: click.Context, *, folder: Path, ledger: Path | None, head: str | None, key: Path | None) -> None:
    """Print the report of a bundle; what `verify` finds goes to stderr, and decides the exit code.

    \b
    Example:
      relrails evidence show evidence/core-api/20260102T030705Z-4e65d3fb
    """
    from relrails.evidence.reading import read

    found = _verified(ctx, folder, ledger, head, key)
    text = read(folder.resolve()).files.get("report.md", b"").decode(errors="replace")
    # Whoever wrote the report must not be able to write to the terminal's controls.
    click.echo("".join(sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in text))
    for finding in found.findings:
        if finding.ok is not True:
            click.echo(f"{_WORDS[finding.ok]}: {finding.check}: {finding.text}", err=True)
    if found.ok is not True:
        ctx.exit(COULD_NOT if found.ok is None else FOUND)


@command.command("check", short_help="Check that a folder of evidence is what its index says.")
@_folder
@_form
@click.pass_context
def check_command(ctx: click.Context, *, folder: Path, form: str) -> None:
    """Check that every file of an index is there, parses, is of its kind and holds what it should, and no other is.

    Exits 1 where something is not what the index says, 2 where it cannot be told, without promtool say.

    \b
    Example:
      relrails evidence check .evidence/sprint-29
    """
    from relrails.cli import _show
    from relrails.dossier import check

    found = check(folder)
    if form == "json":
        _show.say_json({"ok": not found, "findings": [{"path": f.path, "ok": f.ok, "text": f.text} for f in found]})
    else:
        for finding in found:
            click.echo(f"{_WORDS[finding.ok]:11} {finding.path}: {finding.text}")
        if not found:
            click.echo("everything is there, and is what its index says")
    if found:
        ctx.exit(FOUND if any(finding.ok is False for finding in found) else COULD_NOT)


def _verified(
    ctx: click.Context, folder: Path, ledger: Path | None, head: str | None, key: Path | None
) -> "Verification":
    from relrails.evidence import EvidenceError
    from relrails.evidence.signing import public_key
    from relrails.evidence.verifying import Against, verify

    try:
        return verify(folder, Against(ledger=ledger, head=head, key=None if key is None else public_key(key)))
    except EvidenceError as error:
        click.echo(f"relrails: {error}", err=True)
        ctx.exit(COULD_NOT)


def _say(found: "Verification", form: str) -> None:
    from relrails.cli import _show

    if form == "json":
        told = [{"check": f.check, "ok": f.ok, "text": f.text} for f in found.findings]
        _show.say_json({"ok": found.ok, "findings": told})
        return
    for finding in found.findings:
        click.echo(f"{_WORDS[finding.ok]:11} {finding.check}: {finding.text}")
