"""How a command writes evidence: signed where it was asked to be, and without any secret that it used."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from relrails.evidence import Bundle, Signer


def signer(told: str | None) -> "Signer | None":
    """Read the key before anything is released; raises UsageError where there is none to sign with."""
    if told is None:
        return None
    from relrails.evidence import EvidenceError, Signer

    try:
        return Signer.load(told)
    except EvidenceError as error:
        raise click.UsageError(f"--sign-with: {error}") from error


def write(bundle: "Bundle", folder: Path, key: "Signer | None") -> None:
    """Write a bundle, and say where."""
    from relrails import evidence

    place = evidence.write(bundle, folder, signer=key)
    by = "" if key is None else f", signed with {key.keyid[:16]}…"
    click.echo(f"relrails: evidence in {place}{by}", err=True)
