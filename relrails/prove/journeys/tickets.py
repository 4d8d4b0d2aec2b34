"""Proof of the tickets of a journey: what a share of the runs of some hours must be, and that they are forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from relrails.judge.paging import MINUTE
from relrails.prove.expected import percentage
from relrails.prove.journeys import said
from relrails.prove.journeys.pages import GOOD, Runs, Story
from relrails.prove.journeys.play import Play
from relrails.prove.values import Case, Fired
from relrails.rules import names
from relrails.rules.annotations import VALUE
from relrails.rules.journeys.tickets import LATENCY_ABOVE, LATENCY_OVER, RETRIES_OVER
from relrails.units import Duration, exact

LEAST = 3
"""Events below which no share counts."""
STEP = 5
"""Minutes between two evaluations."""
FLAKY: Runs = ("flaky",)


def tickets(story: Story) -> Iterator[Case]:
    """Give the proofs of a journey's tickets."""
    if story.watch.by_runner and story.watch.journey.retry is not None:
        yield from _flaky(story)
        yield _retries(story)
    yield from _latency(story)


def _flaky(story: Story) -> Iterator[Case]:
    limit = story.watch.journey.flaky
    share = Fraction(exact(limit.above, "ratio"))
    for many in (True, False):
        whole, some = _counts(story, limit.over, share, many=many)
        play = _late(story, story.play(FLAKY * some, GOOD * (whole - some)), limit.over, some)
        yield _shares(story, names.JOURNEY_FLAKY, play, limit.over, some=some, whole=whole, many=many)
    yield _few(story, names.JOURNEY_FLAKY, story.play(FLAKY * (LEAST - 1), GOOD * 4))


def _latency(story: Story) -> Iterator[Case]:
    share = Fraction(LATENCY_ABOVE)
    for many in (True, False):
        whole, some = _counts(story, LATENCY_OVER, share, many=many)
        if many and not story.watch.by_runner:
            some *= 2  # a quantile lies between two samples unless there are more than enough
        slow = replace(story.play(GOOD * whole), slow=frozenset(range(some)))
        play = _late(story, slow, LATENCY_OVER, some)
        yield _shares(story, names.JOURNEY_LATENCY, play, LATENCY_OVER, some=some, whole=whole, many=many)
    if story.watch.by_runner:
        slow = replace(story.play(GOOD * (LEAST + 3)), slow=frozenset(range(LEAST - 1)))
        yield _few(story, names.JOURNEY_LATENCY, slow)


def _counts(story: Story, over: Duration, share: Fraction, *, many: bool) -> tuple[int, int]:
    """So many runs, which fill most of the window, and so many of them that the share is just above it, or below."""
    whole = floor(Fraction(exact(over, "second")) * Fraction(9, 10) / story.every)
    above = max(floor(share * whole) + 1, LEAST)
    return whole, above if many else ceil(share * whole) - 1


def _late(story: Story, play: Play, over: Duration, some: int) -> Play:
    """Go on with good runs until the first ones have left the window."""
    until = play.over(some) + int(exact(over, "second")) + 2 * STEP * MINUTE
    more = ceil((until - play.over(len(play.runs))) / story.every) + 1
    return replace(play, runs=(*play.runs, *GOOD * more), end=until // MINUTE * MINUTE, once=True)


def _shares(story: Story, alert: str, play: Play, over: Duration, *, some: int, whole: int, many: bool) -> Case:
    seen = _evaluation(play.over(whole - 1))
    gone = _evaluation(play.over(some) + int(exact(over, "second")))
    counted = sum(play.seen(n) <= seen * MINUTE for n in range(len(play.runs)))
    said_value = percentage(Fraction(some, counted))
    if not story.watch.by_runner:
        latency = exact(story.watch.journey.latency, "second") * 2
        fields = said.plainly(story.rule(alert), **{"{{ $value | humanizeDuration }}": said.duration(int(latency))})
    else:
        fields = said.plainly(story.rule(alert), **{VALUE: said_value})
    if many:
        fired = (Fired(seen, alert, (fields,)), Fired(gone, alert))
        return story.case(f"{alert}: {some} of {whole} runs are too many, until they have left the window", play, fired)
    return story.case(
        f"{alert}: {some} of {whole} runs are not too many", play, (Fired(seen, alert), Fired(gone, alert))
    )


def _few(story: Story, alert: str, play: Play) -> Case:
    minute = _evaluation(play.end)
    return story.case(
        f"{alert}: {LEAST - 1} runs say nothing, whatever their share",
        replace(play, end=minute * MINUTE),
        (Fired(minute, alert),),
    )


def _retries(story: Story) -> Case:
    """One attempt that was refused is told, and forgotten."""
    over = int(exact(RETRIES_OVER, "second"))
    play = replace(story.play(GOOD * 3), suppressed=frozenset({1}))
    seen = _evaluation(play.over(1))
    gone = _evaluation(play.over(1) + over)
    rule = story.rule(names.RETRY_BUDGET)
    return story.case(
        "a second attempt that the budget did not allow is a ticket for an hour",
        replace(play, end=gone * MINUTE),
        (
            Fired(seen, names.RETRY_BUDGET, (said.plainly(rule),)),
            Fired(gone, names.RETRY_BUDGET),
        ),
    )


def _evaluation(second: int) -> int:
    """Give the minute of the first evaluation that is surely after a second."""
    return (second // (STEP * MINUTE) + 1) * STEP
