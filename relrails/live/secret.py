"""The value behind a reference to a secret, read at the moment in which it is needed and never kept."""

import os
from pathlib import Path

from relrails.probe.secret import Secret

LARGEST = 64 * 1024


class SecretUnavailableError(Exception):
    """There is nothing behind the reference; the message names the reference, never a value."""


def reveal(secret: Secret) -> str:
    """Read a secret; one newline at the end of a file is not part of it."""
    kind, _, where = secret.reference.partition(":")
    if kind == "env":
        value = os.environ.get(where)
        if value is None:
            raise SecretUnavailableError(f"{secret.reference}: the environment has no variable {where}")
    elif kind == "file" and Path(where).is_absolute():
        value = _from_file(secret.reference, Path(where))
    else:
        raise SecretUnavailableError(f"{secret.reference!r} is neither env:NAME nor file:/absolute/path")
    if not value or not value.isprintable() or not value.isascii():
        raise SecretUnavailableError(f"{secret.reference} is empty, or holds characters that no header can carry")
    return value


def _from_file(reference: str, file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(LARGEST).removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is not text"
        raise SecretUnavailableError(f"{reference} cannot be read: {said}") from error
