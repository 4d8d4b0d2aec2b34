"""Secrets by reference: what is written in a service file is where the runner finds it, never the secret."""

from dataclasses import dataclass, field

from relrails.source import Source, here


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference, `env:NAME` or `file:/absolute/path`; it is read again whenever it is used."""

    reference: str
    source: Source = field(default_factory=here, compare=False, repr=False, kw_only=True)


def secret(reference: str) -> Secret:
    """Refer to a secret: `secret("env:PROBE_PASSWORD")`, `secret("file:/run/secrets/probe")`."""
    return Secret(reference)
