"""Free ports on the loopback, below those that the system gives to outgoing connections."""

import random
import socket
from contextlib import ExitStack

LOWEST, HIGHEST = 20_000, 32_000
ATTEMPTS = 200


def free_ports(count: int) -> list[int]:
    """Different ports on which nobody listens.

    Between this and the start of a program somebody else could take one. Chosen at random from a range that outgoing
    connections never use, that takes two environments that start in the same instant and draw the same number.
    """
    found: list[int] = []
    with ExitStack() as held:
        for port in random.SystemRandom().sample(range(LOWEST, HIGHEST), ATTEMPTS):
            if len(found) == count:
                break
            taken = held.enter_context(socket.socket())
            try:
                taken.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
    if len(found) < count:
        raise OSError(f"of {ATTEMPTS} ports between {LOWEST} and {HIGHEST} only {len(found)} are free")
    return found
