"""Whether a quantile is surely too many times that of the stable version, said in buckets.

A histogram knows a quantile only as an interval: between the last bound whose share of answers is surely below it and
the first whose share surely reaches it. Each share has a confidence sequence, and alpha is split over all of them.
Source: Howard and Ramdas, "Sequential estimation of quantiles", Bernoulli 28(3), 2022, for the inversion of bounds.
"""

from math import inf

from relrails.canary.resolved import ResolvedTest
from relrails.judge.canary.beta_mixture import interval
from relrails.judge.canary.events import Buckets
from relrails.judge.canary.finding import Context, Finding
from relrails.judge.canary.rate_ratio import Stream, Tally
from relrails.judge.canary.reason import Code, Reason


def quantile(
    test: ResolvedTest, streams: tuple[Stream, ...], canary: Buckets, stable: Buckets, context: Context
) -> Finding:
    """Compare the intervals; overlapping ones, and those of few requests, say nothing."""
    before = streams or (Stream(),) * len(test.bounds)
    tallies = tuple(
        stream.whole.plus(Tally(canary.total, canary.within[n], stable.total, stable.within[n]))
        for n, stream in enumerate(before)
    )
    now = tuple(Stream(whole=tally) for tally in tallies)
    if tallies[0].canary_total < context.policy.min_requests:
        return Finding(streams=now)
    alpha = context.policy.alpha * test.weight / (2 * len(tallies))
    phi = context.phi
    low, _ = _between(test, [(t.canary_bad / phi, t.canary_total / phi) for t in tallies], alpha)
    _, high = _between(test, [(t.stable_bad / phi, t.stable_total / phi) for t in tallies], alpha)
    if low <= high * test.max_ratio:
        return Finding(streams=now, accepted=True)
    reason = Reason(
        code=Code.LATENCY_QUANTILE,
        check=test.check,
        observed=low,
        threshold=high * test.max_ratio,
        unit="seconds",
        look=context.look,
        text=(
            f"quantile {test.quantile:g} is above {low:g} s on the canary and within {high:g} s on stable, "
            f"more than {test.max_ratio:g} times"
        ),
    )
    return Finding(streams=now, reasons=(reason,))


def _between(test: ResolvedTest, shares: list[tuple[float, float]], alpha: float) -> tuple[float, float]:
    low, high = 0.0, inf
    for bound, (within, total) in zip(test.bounds, shares, strict=True):
        lower, upper = interval(within, total, alpha)
        if upper < test.quantile:
            low = bound
        if lower >= test.quantile and high == inf:
            high = bound
    return low, high
