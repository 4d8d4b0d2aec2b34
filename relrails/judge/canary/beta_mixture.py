"""Bounds on one rate that hold at every look at once.

The e-value of a rate p, after `bad` of `total`, is the likelihood under a Beta(1/2, 1/2) mixture over that under p:
    B(1/2 + bad, 1/2 + total - bad) / B(1/2, 1/2) / (p**bad * (1 - p)**(total - bad))
The rates whose e-value is below 1/alpha are a confidence sequence: an interval, for the likelihood has one peak, that
holds the true rate at all looks together with probability 1 - alpha.
Source: Robbins, "Statistical methods related to the law of the iterated logarithm", 1970; Lindon and Malek,
"Anytime-valid inference for multinomial count data", arXiv 2011.03567.
"""

from math import inf, lgamma, log, log1p, pi

_HALVINGS = 60


def log_e(bad: float, total: float, rate: float) -> float:
    """Give the logarithm of the e-value of a rate; counts may be fractions, as tempered ones are."""
    good = total - bad
    if (rate <= 0 and bad > 0) or (rate >= 1 and good > 0):
        return inf
    mixture = lgamma(0.5 + bad) + lgamma(0.5 + good) - lgamma(1 + total) - log(pi)
    return mixture - (bad * log(rate) if bad > 0 else 0) - (good * log1p(-rate) if good > 0 else 0)


def surely_below(bad: float, total: float, rate: float, alpha: float) -> bool:
    """Tell whether the upper bound is at most `rate`."""
    return total > 0 and bad / total < rate and log_e(bad, total, rate) >= -log(alpha)


def log_above(bad: float, total: float, rate: float) -> float:
    """Give the evidence that the rate is above `rate`: its e-value's logarithm, 0 where the counts do not say so."""
    return log_e(bad, total, rate) if total > 0 and bad / total > rate else 0.0


def interval(bad: float, total: float, alpha: float) -> tuple[float, float]:
    """Give both bounds."""
    if total <= 0:
        return 0.0, 1.0
    peak, limit = bad / total, -log(alpha)
    return _edge(bad, total, limit, peak, 0.0), _edge(bad, total, limit, peak, 1.0)


def _edge(bad: float, total: float, limit: float, inside: float, outside: float) -> float:
    """Halve the way between a rate inside the interval and one outside it."""
    if log_e(bad, total, outside) < limit:
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if log_e(bad, total, middle) < limit:
            inside = middle
        else:
            outside = middle
    return outside
