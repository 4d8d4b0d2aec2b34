"""Secrets of a journey: one that cannot be had is a fault of its run."""

from relrails.live.probe.fault import Fault
from relrails.live.secret import SecretUnavailableError, read
from relrails.probe.secret import Secret


def reveal(secret: Secret) -> str:
    """Read a secret. Raises Fault, which names the reference and never the value."""
    try:
        return read(secret)
    except SecretUnavailableError as error:
        raise Fault("secret_unavailable", str(error), sent=False) from None
