"""The exact Mann–Whitney U test, with ties: how likely two series are to lie so far apart by chance alone.

Under chance alone, every choice of which ranks belong to the first series is as likely as any other. All of them are
counted, by the sum of their ranks: tied values share the mean of their ranks, which is doubled so that it stays whole.
Source: Mann & Whitney 1947; Streitberg & Röhmel 1986 for the counting with ties.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

EXACT = 100
"""Values in both series up to which all choices are counted; beyond, the normal distribution is as good."""


def p_value(one: Sequence[float], other: Sequence[float]) -> float:
    """Give the two-sided p-value of the difference of two series."""
    ranks = doubled_ranks([*one, *other])
    mine = sum(ranks[: len(one)])
    if len(ranks) > EXACT:
        return _normal(tuple(sorted(ranks)), len(one), mine)
    below, above, every = _tails(tuple(sorted(ranks)), len(one), mine)
    return min(1.0, 2 * min(below, above) / every)


def doubled_ranks(values: Sequence[float]) -> list[int]:
    """Rank values from 1 and double the ranks; tied values share their mean."""
    order = sorted(values)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for rank, value in enumerate(order, start=1):
        first.setdefault(value, rank)
        last[value] = rank
    return [first[value] + last[value] for value in values]


@lru_cache(maxsize=256)
def _tails(ranks: tuple[int, ...], count: int, mine: int) -> tuple[int, int, int]:
    """Count the choices of `count` ranks whose sum is at most, and at least, `mine`; and all of them.

    `sums[k]` holds, for k ranks, how many choices have each sum, in fields of so many bits of one long integer: adding
    a rank shifts all sums at once.
    """
    bits = math.comb(len(ranks), count).bit_length() + 1
    sums = [1] + [0] * count
    for rank in ranks:
        for chosen in range(count, 0, -1):
            sums[chosen] += sums[chosen - 1] << (rank * bits)
    field = (1 << bits) - 1
    counts = [(sums[count] >> (total * bits)) & field for total in range(sum(ranks) + 1)]
    return sum(counts[: mine + 1]), sum(counts[mine:]), math.comb(len(ranks), count)


def _normal(ranks: tuple[int, ...], count: int, mine: int) -> float:
    every = len(ranks)
    mean = count * sum(ranks) / every
    # The variance of a sum drawn without replacement; with ties it is smaller by itself.
    spread = sum((rank - sum(ranks) / every) ** 2 for rank in ranks) / (every - 1)
    deviation = math.sqrt(count * (every - count) / every * spread)
    if deviation == 0:
        return 1.0
    return min(1.0, math.erfc(max(0.0, abs(mine - mean) - 1) / deviation / math.sqrt(2)))
