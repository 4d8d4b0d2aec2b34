"""The value behind a reference to a secret, read at the moment in which it is needed: a renewed one is taken."""

import os
from pathlib import Path

from relrails.probe.secret import Secret

SHORTEST = 4
"""Characters: anything shorter stands in too many words to be hidden."""
LARGEST = 64 * 1024


class SecretUnavailableError(Exception):
    """There is nothing behind the reference; the message names the reference, never a value."""


def reveal(secret: Secret) -> str:
    """Read a secret that a header carries; raises SecretUnavailableError."""
    value = read(secret)
    if not value.isprintable() or not value.isascii():
        raise SecretUnavailableError(f"{secret.reference}: it holds characters that no header can carry")
    return value


def read(secret: Secret) -> str:
    """Read a secret; line ends at the end of a file are not part of it. Raises SecretUnavailableError."""
    kind, _, where = secret.reference.partition(":")
    if kind == "env":
        value = os.environ.get(where)
        if value is None:
            raise _unavailable(secret, "there is no such environment variable")
    elif kind == "file" and Path(where).is_absolute():
        value = _from_file(secret, Path(where))
    else:
        raise _unavailable(secret, "a reference is env:NAME or file:/absolute/path")
    if len(value) < SHORTEST:
        raise _unavailable(secret, f"it has fewer than {SHORTEST} characters, too few to be hidden")
    return value


def _from_file(secret: Secret, file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="strict") as opened:
            value = opened.read(LARGEST + 1)
    except OSError as error:
        raise _unavailable(secret, error.strerror or "it cannot be read") from None
    except ValueError:
        raise _unavailable(secret, "it is not UTF-8") from None
    if len(value) > LARGEST:
        raise _unavailable(secret, f"it is longer than {LARGEST} characters")
    return value.rstrip("\r\n")


def _unavailable(secret: Secret, why: str) -> SecretUnavailableError:
    return SecretUnavailableError(f"{secret.reference}: {why}")
