"""The median of a series, and the interval that holds the true one, whatever the distribution."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, median

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Summary:
    """How many values, their median, and two of them that enclose the true median with `confidence` or more."""

    count: int
    median: float
    low: float
    high: float
    confidence: float


def summary(values: Sequence[float]) -> Summary:
    """Sum up a series of at least six values.

    Between the k-th lowest and the k-th highest value lies the true median unless fewer than k values fell on one
    side of it, which is a matter of coins. Source: Conover, Practical Nonparametric Statistics, section 3.2.
    """
    order, count = sorted(values), len(values)
    cut = 0
    while _enclosed(count, cut + 1) >= CONFIDENCE:
        cut += 1
    return Summary(count, median(order), order[cut], order[count - 1 - cut], _enclosed(count, cut))


def _enclosed(count: int, cut: int) -> float:
    if 2 * cut >= count:
        return 0.0
    outside = sum(math.comb(count, k) for k in range(cut + 1))
    return 1 - 2 * outside / float(2**count)


def shift(before: Sequence[float], after: Sequence[float], alpha: float) -> tuple[float, float]:
    """Give the interval of the shift from one series to the other: what the test would not have called a difference.

    The differences of all pairs are sorted, and as many cut off at either end as the test lets lie there.
    Source: Hodges & Lehmann 1963.
    """
    pairs = sorted(b - a for a in before for b in after)
    m, n = len(before), len(after)
    deviation = math.sqrt(m * n * (m + n + 1) / 12)
    cut = max(0, math.floor(m * n / 2 - NormalDist().inv_cdf(1 - alpha / 2) * deviation))
    return pairs[cut], pairs[len(pairs) - 1 - cut]
