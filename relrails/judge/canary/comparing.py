"""Tests that hold the canary against the stable version: errors, slow answers, and the distribution of answers."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log

from relrails.canary.resolved import ResolvedTest
from relrails.judge.canary import rate_ratio
from relrails.judge.canary.beta_mixture import surely_below
from relrails.judge.canary.events import Buckets, Counts
from relrails.judge.canary.finding import Context, Finding
from relrails.judge.canary.rate_ratio import Stream, Tally
from relrails.judge.canary.reason import Code, Reason

CODES = {
    "error_rate_delta": Code.ERROR_RATE_DELTA,
    "latency_share": Code.LATENCY_SHARE,
    "latency_distribution": Code.LATENCY_DISTRIBUTION,
}
QUIET = log(2)
"""Nobody is accepted while there is more evidence against him than a coin gives: it may just not be enough yet."""
_WHAT = {
    "error_rate_delta": "bad events",
    "latency_share": "answers slower than {bound} s",
    "latency_distribution": "answers slower than {bound} s",
}


def compare(
    test: ResolvedTest,
    streams: tuple[Stream, ...],
    canary: Counts | Buckets,
    stable: Counts | Buckets,
    context: Context,
) -> Finding:
    """Add one look of both tracks to the evidence, and say what it amounts to."""
    places = compared(test)
    before = streams or (Stream(),) * len(places)
    terms = rate_ratio.Terms(test.tolerated_ratio, test.unacceptable_ratio, context.phi, planned=context.policy.looks)
    now = tuple(
        rate_ratio.advance(stream, _tally(canary, stable, place), context.look, terms)
        for stream, place in zip(before, places, strict=True)
    )
    return judged(test, now, context)


def judged(test: ResolvedTest, streams: tuple[Stream, ...], context: Context) -> Finding:
    """Say what the evidence amounts to; without enough requests, nothing."""
    policy = context.policy
    log_e = rate_ratio.log_mean([rate_ratio.log_worse(s, policy.looks) for s in streams])
    if streams[0].whole.canary_total < policy.min_requests:
        return Finding(streams=streams, log_e=log_e)
    limit = context.limit(test)
    worst = _worst(test, streams, context)
    if log_e >= limit and worst is not None:
        place, tally = worst
        return Finding(
            streams=streams,
            log_e=log_e,
            reasons=(replace(_reason(test, place, tally, log_e, limit), look=context.look),),
            first_bad=streams[place].first_bad,
        )
    quiet = log_e < QUIET
    return Finding(streams=streams, log_e=log_e, accepted=quiet and _healthy(test, streams, context))


def compared(test: ResolvedTest) -> tuple[int | None, ...]:
    """Give the places of the bounds that a test compares at; None stands for bad events."""
    if test.test == "error_rate_delta":
        return (None,)
    if test.test == "latency_share":
        return (test.bound,)
    return tuple(range(len(test.bounds)))


def _tally(canary: Counts | Buckets, stable: Counts | Buckets, place: int | None) -> Tally:
    return Tally(canary.total, _bad(canary, place), stable.total, _bad(stable, place))


def _bad(counts: Counts | Buckets, place: int | None) -> float:
    if isinstance(counts, Counts):
        return counts.bad
    return counts.total - counts.within[place or 0]


def _worst(test: ResolvedTest, streams: Sequence[Stream], context: Context) -> tuple[int, Tally] | None:
    """Give the comparison with most evidence among those whose size matters, over all looks or since it began."""
    sized = [
        (rate_ratio.log_worse(stream, context.policy.looks), place, tally)
        for place, stream in enumerate(streams)
        for tally in (stream.since, stream.whole)
        if _matters(test, tally)
    ]
    return max(sized, key=lambda s: s[0])[1:] if sized else None


def _matters(test: ResolvedTest, tally: Tally) -> bool:
    """However sure the numbers are, small differences roll nothing back."""
    return (
        tally.canary_bad >= test.min_bad
        and tally.ratio >= max(test.min_ratio, test.tolerated_ratio)
        and tally.canary_rate - tally.stable_rate >= test.min_delta
    )


def _healthy(test: ResolvedTest, streams: Sequence[Stream], context: Context) -> bool:
    """Surely better than unacceptable, or surely within the SLO; each may err with half of beta.

    Of a distribution the bound of the SLO speaks: far out in the tail a healthy canary has nothing to show.
    """
    half = context.policy.beta / 2
    stream = streams[test.bound] if test.test == "latency_distribution" else streams[0]
    if rate_ratio.log_healthy(stream) >= -log(half):
        return True
    whole, phi = stream.whole, context.phi
    return surely_below(whole.canary_bad / phi, whole.canary_total / phi, test.allowance, half)


def _reason(test: ResolvedTest, place: int, tally: Tally, log_e: float, limit: float) -> Reason:
    at = test.bound if test.test == "latency_share" else place
    what = _WHAT[test.test].format(bound=f"{test.bounds[at]:g}" if test.bounds else "")
    # Beyond this the odds say nothing more to a person, and a float ends at 1e308.
    odds = "more than 1e12" if log_e > log(1e12) else f"{exp(log_e):.3g}"
    return Reason(
        code=CODES[test.test],
        check=test.check,
        observed=log_e,
        threshold=limit,
        unit="ln(e-value)",
        text=(
            f"{tally.canary_bad:g} of {tally.canary_total:g} {what} on the canary ({tally.canary_rate:.3%}), "
            f"{tally.stable_bad:g} of {tally.stable_total:g} on stable ({tally.stable_rate:.3%}): "
            f"e-value {odds}, needed {exp(limit):.3g}"
        ),
    )
