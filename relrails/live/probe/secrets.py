"""Secrets where they are kept: read again at each use, so that one that was renewed is taken at once."""

import os
from pathlib import Path

from relrails.live.probe.fault import Fault
from relrails.probe.secret import Secret

SHORTEST = 4
"""Characters: anything shorter stands in too many words to be hidden."""
LONGEST = 65536


def reveal(secret: Secret) -> str:
    """Read a secret. Raises Fault, which names the reference and never the value."""
    kind, _, where = secret.reference.partition(":")
    if kind == "env":
        value = os.environ.get(where)
        if value is None:
            raise _unavailable(secret, "there is no such environment variable")
    elif kind == "file":
        value = _from_file(secret, Path(where))
    else:
        raise _unavailable(secret, "a reference is env:NAME or file:/absolute/path")
    if len(value) < SHORTEST:
        raise _unavailable(secret, f"it has fewer than {SHORTEST} characters, too few to be hidden")
    return value


def _from_file(secret: Secret, path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="strict") as file:
            value = file.read(LONGEST + 1)
    except OSError as error:
        raise _unavailable(secret, error.strerror or "it cannot be read") from None
    except ValueError:
        raise _unavailable(secret, "it is not UTF-8") from None
    if len(value) > LONGEST:
        raise _unavailable(secret, f"it is longer than {LONGEST} characters")
    return value.rstrip("\r\n")


def _unavailable(secret: Secret, why: str) -> Fault:
    return Fault("secret_unavailable", f"{secret.reference}: {why}", sent=False)
