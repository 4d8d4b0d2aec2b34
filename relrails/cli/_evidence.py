"""How a command writes evidence: signed where it was asked to be, and without any secret that it used."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from relrails.evidence import Bundle, Signer
    from relrails.live.prometheus import Endpoint, Query, Reply


@dataclass(slots=True)
class Asking:
    """Asks a Prometheus, and remembers every secret that it was told, renewed ones too."""

    endpoint: "Endpoint"
    secrets: set[str] = field(default_factory=set, repr=False)

    def __call__(self, queries: "Sequence[Query]") -> "tuple[Reply, ...]":
        """Ask; see `relrails.live.prometheus.ask`."""
        from relrails.live.prometheus import ask

        self.secrets |= self.endpoint.secrets()
        return ask(self.endpoint, queries)


def signer(told: str | None) -> "Signer | None":
    """Read the key before anything is released; raises UsageError where there is none to sign with."""
    if told is None:
        return None
    from relrails.evidence import EvidenceError, Signer

    try:
        return Signer.load(told)
    except EvidenceError as error:
        raise click.UsageError(f"--sign-with: {error}") from error


@dataclass(frozen=True, slots=True)
class Paper:
    """Where evidence goes, who signs it, and whose secrets must not be in it."""

    folder: Path
    key: "Signer | None"
    asking: Asking

    def write(self, bundle: "Bundle") -> None:
        """Write a bundle, and say where."""
        from relrails import evidence

        # The process that asked may not be this one, so what the references hold now is hidden too.
        secrets = sorted(self.asking.secrets | self.asking.endpoint.secrets())
        place = evidence.write(bundle, self.folder, redaction=evidence.Redaction(secrets=secrets), signer=self.key)
        by = "" if self.key is None else f", signed with {self.key.keyid[:16]}…"
        click.echo(f"relrails: evidence in {place}{by}", err=True)
