"""What may be compared at all."""

import math
from collections.abc import Sequence

LEAST = 10
"""Runs: with fewer, a difference has to be huge to show, and chance differences look like it."""


class Refused(Exception):  # noqa: N818 - it is what happened, and reads so where it is caught
    """These measurements say nothing; the text says why, and what to do."""


def checked(values: Sequence[float], name: str) -> tuple[float, ...]:
    """Give the values; raises Refused for too few, and for what is no measurement."""
    odd = next((n for n, value in enumerate(values) if not math.isfinite(value) or value < 0), None)
    if odd is not None:
        msg = f"{name} holds {values[odd]} at place {odd + 1}, which is no measurement; fix: measure again"
        raise Refused(msg)
    if len(values) < LEAST:
        msg = f"{name} has {len(values)} runs, and fewer than {LEAST} show nothing; fix: --runs {LEAST * 2}"
        raise Refused(msg)
    return tuple(float(value) for value in values)
