"""How bursty counts are, measured where there is nothing to find: between two halves of the stable version.

Independent requests give 1. Bursts give more, and the evidence is divided by it. That is a quasi-likelihood heuristic,
not a theorem: `python -m bench canary` is what it stands on.
"""

from collections.abc import Iterable
from math import sqrt

NEGLIGIBLE = 1.2
"""Below this the counts are taken to be independent."""
MARGIN = 1.6
"""What is above 1 counts so often, for it is uncertain; with less, 1 % of very bursty healthy canaries are lost."""
TOO_MUCH = 10.0
"""Above this the counts are too bursty for looks of this length."""
CHANCE = 2
"""Standard errors: independent counts that are taken for bursts make the judge slow for nothing."""
ENOUGH = 20
"""Windows with events, below which nothing is known."""


def measure(windows: Iterable[tuple[float, float, float, float]]) -> float | None:
    """Measure it over windows of (bad, total) of one half and (bad, total) of the other; None where it cannot be known.

    It is the mean of (a - theta * d)**2 / (d * theta * (1 - theta)), where a of the d bad events of a window fell on
    the first half, whose part of the traffic is theta. Independent counts scatter by sqrt(2 / windows): what lies
    within CHANCE of that is 1.
    """
    squares = []
    for bad, total, other_bad, other_total in windows:
        both = bad + other_bad
        if both > 0 and total > 0 and other_total > 0:
            theta = total / (total + other_total)
            squares.append((bad - theta * both) ** 2 / (both * theta * (1 - theta)))
    if len(squares) < ENOUGH:
        return None
    mean = sum(squares) / len(squares)
    return mean if mean > 1 + CHANCE * sqrt(2 / len(squares)) else 1.0


def used(measured: float | None) -> float:
    """Give what the evidence is divided by."""
    return 1.0 if measured is None or measured <= NEGLIGIBLE else 1 + MARGIN * (measured - 1)
