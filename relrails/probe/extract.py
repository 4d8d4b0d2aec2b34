"""What a step keeps of an answer for the steps after it."""

from dataclasses import dataclass, field

from relrails.source import Source, here


@dataclass(frozen=True, kw_only=True, slots=True)
class Extract:
    """The value at a JSONPath, kept as `{name}`; a sensitive one is hidden wherever secrets are."""

    path: str
    name: str
    sensitive: bool = False
    source: Source = field(default_factory=here, compare=False, repr=False)


def extract(path: str, *, to: str, sensitive: bool = False) -> Extract:
    """Keep a value: `extract("$.access_token", to="token", sensitive=True)`."""
    return Extract(path=path, name=to, sensitive=sensitive)
