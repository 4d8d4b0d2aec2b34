"""Proof of the pages of a journey: when they come, when they must not, what they say, and when they end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from relrails.judge import paging
from relrails.judge.paging import MINUTE
from relrails.probe import names as exported
from relrails.probe.host import CHECKS, hosts_of
from relrails.probe.names import Outcome
from relrails.promql import Matcher, Selector, text
from relrails.prove.journeys import said
from relrails.prove.journeys.hosts import labels_of
from relrails.prove.journeys.play import Play, decoys
from relrails.prove.values import Case, Fired, Holds
from relrails.rules import RuleGroup, names
from relrails.rules.journeys.pages import KEEP, stale_for
from relrails.rules.journeys.watch import Watch
from relrails.rules.values import AlertingRule
from relrails.sli.traffic import Series, gauge, series
from relrails.units import exact

KEEP_SECONDS = int(exact(KEEP, "second"))
Runs = tuple[Outcome, ...]
GOOD: Runs = ("success",)
BAD: Runs = ("failure",)
ERROR: Runs = ("error",)


@dataclass(frozen=True, slots=True)
class Story:
    """A journey, its rules, and the step at which it fails in the proofs: the last that is scored."""

    watch: Watch
    groups: tuple[RuleGroup, ...]

    @property
    def step(self) -> str:
        """Name the step."""
        return next(s.name for s in reversed(self.watch.journey.steps) if s.scored)

    @property
    def every(self) -> int:
        """Seconds between two runs."""
        return int(exact(self.watch.journey.every, "second"))

    @property
    def in_a_minute(self) -> int:
        """Runs that a minute has room for, at least one: proofs look every minute, and must not miss what is short."""
        return ceil(MINUTE / self.every)

    def play(self, *runs: Runs, phase: int = 5, minutes: int | None = None) -> Play:
        """Play runs, the first of them over one interval and `phase` seconds after the beginning."""
        whole: Runs = tuple(outcome for part in runs for outcome in part)
        last = self.every * len(whole) + phase
        end = (ceil(last / MINUTE) + 1) * MINUTE if minutes is None else minutes * MINUTE
        return Play(watch=self.watch, runs=whole, end=end, first=self.every + phase, step=self.step)

    def rule(self, alert: str) -> AlertingRule:
        """Find a rule by its alert."""
        return said.rule_of(self.groups, alert)

    def case(self, name: str, play: Play, fired: Sequence[Fired], holds: Sequence[Holds] = ()) -> Case:
        """Play a journey beside others that are none of its business."""
        others = decoys(self.failing_throughout(play))
        return Case(
            name=name, interval=play.scrape, series=(*play.series(), *others), fired=tuple(fired), holds=tuple(holds)
        )

    @staticmethod
    def failing_throughout(play: Play) -> Play:
        """What others do meanwhile: they fail."""
        return replace(play, runs=BAD * len(play.runs), restarts=())

    def stands(self, alert: str) -> str:
        """Ask how many alerts of this journey fire."""
        labels = {"alertname": alert, "alertstate": "firing", "journey": self.watch.journey.name}
        return f"sum({text(Selector('ALERTS', tuple(Matcher(k, '=', v) for k, v in labels.items())))})"


def pages(story: Story) -> Iterator[Case]:
    """Give the proofs of a journey's pages."""
    yield _healthy(story)
    for phase in (5, 0):
        yield _outage(story, phase)
    yield _one_less(story)
    yield _flapping(story)
    yield from _farthest_apart(story)
    yield _recovered_between(story)
    if story.watch.by_runner:
        yield from _restarts(story)
        yield from _errors(story)
        yield _stalls(story)
        yield _starts(story)
    yield _never(story)


def _policy(story: Story) -> tuple[int, int]:
    return story.watch.journey.page.failures, story.watch.journey.page.of


def _due(play: Play, outcome: Outcome = "failure", less: int = 0) -> list[bool]:
    """Tell for each minute whether the last runs are due to call somebody, seen by a window of so many scrapes less."""
    over = play.ended(outcome)
    policy = play.paging
    return [policy.fails(over, minute * MINUTE, less) for minute in range(play.end // MINUTE + 1)]


def _healthy(story: Story) -> Case:
    _, of = _policy(story)
    play = story.play(GOOD * (of + 3))
    end = play.end // MINUTE
    return story.case(
        "while every run is good, nobody is called", play, [Fired(end, rule.alert) for rule in _rules(story)]
    )


def _rules(story: Story) -> list[AlertingRule]:
    return [rule for group in story.groups for rule in group.rules if isinstance(rule, AlertingRule)]


def _outage(story: Story, phase: int) -> Case:
    failures, of = _policy(story)
    bad = BAD * (failures + story.in_a_minute)
    play = story.play(GOOD * of, bad, GOOD * (of + ceil(KEEP_SECONDS / story.every) + 2), phase=phase)
    stands = paging.standing(_due(play), play.paging.keep)
    begins, ends = paging.first(stands), paging.last(stands)
    if begins is None or ends is None:
        raise ValueError(f"a hard outage of {story.watch.journey.name} calls nobody")
    when = "between two scrapes" if phase else "at a scrape"
    hosts = () if phase else tuple(_unreachable(story, play))
    reached = "closed" if hosts else "unknown"
    fields = said.failing(story.watch, story.rule(names.JOURNEY_FAILING), story.step, reached)
    case = story.case(
        f"a hard outage whose runs end {when} pages at once when enough of them have failed, says why, and ends",
        play,
        (
            Fired(begins - 1, names.JOURNEY_FAILING),
            Fired(begins, names.JOURNEY_FAILING, (fields,)),
            Fired(ends + 1, names.JOURNEY_FAILING),
            Fired(ends + 1, names.JOURNEY_STALE),
        ),
        (Holds(ends, story.stands(names.JOURNEY_FAILING)),),
    )
    return replace(case, series=(*case.series, *hosts))


def _unreachable(story: Story, play: Play) -> Iterator[Series]:
    """The hosts take no connection, of which the page is to speak."""
    for host in hosts_of((story.watch.journey,)):
        for check in CHECKS:
            yield series(exported.SUCCESS, labels_of(host, check), gauge(["0"] * len(play.scrapes)))


def _one_less(story: Story) -> Case:
    """One failure less than calls somebody, in every stretch of runs, for ever; whatever the phase of the scrapes."""
    failures, of = _policy(story)
    # Where runs take no whole number of scrapes and all of them count, a window may hold one run more than `of`.
    spread = (BAD * (failures - 1) + GOOD * (of - failures + 1 + spare) for spare in range(3))
    pattern, play = next(
        (pattern, play)
        for pattern in spread
        for play in [story.play(GOOD, pattern * 4, phase=0)]
        if not any(_due(play))
    )
    end = play.end // MINUTE
    never = f"count_over_time({story.stands(names.JOURNEY_FAILING)[4:-1]}[{end}m])"
    return story.case(
        f"{failures - 1} of every {len(pattern)} runs may fail, and nobody is called",
        play,
        (Fired(end, names.JOURNEY_FAILING),),
        (Holds(end, never, gives=False),),
    )


def _flapping(story: Story) -> Case:
    """In every stretch of runs as many failures as call somebody, with good runs between them where there is room."""
    failures, of = _policy(story)
    flaps: Runs = tuple("failure" if (k + 1) * failures // of > k * failures // of else "success" for k in range(of))
    play = story.play(GOOD * of, flaps * 3, GOOD * 2)
    stands = paging.standing(_due(play), play.paging.keep)
    begins = paging.first(stands)
    if begins is None:
        raise ValueError(f"{failures} of {of} failures of {story.watch.journey.name} call nobody")
    until = begins + stands[begins:].index(False) - 1 if False in stands[begins:] else len(stands) - 1
    whole = f"{story.stands(names.JOURNEY_FAILING)[4:-1]}[{until - begins}m1s:1m]"
    return story.case(
        f"a journey that flaps pages once, at {failures} of {of}, and the page stays",
        play,
        (Fired(begins - 1, names.JOURNEY_FAILING),),
        (
            Holds(begins, story.stands(names.JOURNEY_FAILING)),
            Holds(until, f"sum(count_over_time({whole})) == bool {until - begins + 1}"),
        ),
    )


def _farthest_apart(story: Story) -> Iterator[Case]:
    """The failures lie as far apart as they may, and it is asked when only a whole window still sees the oldest.

    There is no such case where no phase of the runs lets a minute fall into that last scrape.
    """
    failures, of = _policy(story)
    apart = BAD + GOOD * (of - failures) + BAD * (failures - 1)
    rest = GOOD * (ceil(KEEP_SECONDS / story.every) + 2)
    for phase in range(story.every):
        play = story.play(GOOD, apart, rest, phase=phase)
        whole, less = (paging.standing(_due(play, less=scrapes), play.paging.keep) for scrapes in (0, 1))
        if whole != less:
            minute = [one == other for one, other in zip(whole, less, strict=True)].index(False)
            yield story.case(
                f"{failures} failures of {of} runs page for as long as the oldest is one of the last {of}",
                play,
                (Fired(whole.index(True) - 1, names.JOURNEY_FAILING),),
                (Holds(minute, story.stands(names.JOURNEY_FAILING)),),
            )
            return


def _recovered_between(story: Story) -> Case:
    """The newest run is good again when the page comes: the text does not pretend to know a step."""
    failures, of = _policy(story)
    play = story.play(GOOD * of, BAD * failures, GOOD)
    minute = -(-play.seen(len(play.runs) - 1) // MINUTE)
    stands = paging.standing(_due(play), play.paging.keep)
    gives = stands[minute]
    return story.case(
        "a good run does not end the page at once",
        play,
        (),
        (Holds(minute, story.stands(names.JOURNEY_FAILING), gives=gives),),
    )


def _restarts(story: Story) -> Iterator[Case]:
    failures, of = _policy(story)
    play = story.play(GOOD * of, BAD * (failures + story.in_a_minute - 1), GOOD * 2)
    # All failures that it takes but the last have been seen before; what no scrape has seen is lost with the process.
    between = play.seen(of + failures - 2) + 1
    restarted = replace(play, restarts=(between,))
    begins = paging.first(_due(restarted))
    if begins is None:
        raise ValueError("a restart must not hide an outage")
    yield story.case(
        "a restart of the runner in an outage does not put the page off",
        restarted,
        (Fired(begins - 1, names.JOURNEY_FAILING),),
        (Holds(begins, story.stands(names.JOURNEY_FAILING)),),
    )
    calm = story.play(GOOD * (of + 4))
    yield story.case(
        "a restart of the runner while all is well is no failure",
        replace(calm, restarts=(calm.over(of) // calm.scrape * calm.scrape,)),
        (Fired(calm.end // MINUTE, names.JOURNEY_FAILING), Fired(calm.end // MINUTE, names.PROBE_ERROR)),
    )


def _errors(story: Story) -> Iterator[Case]:
    failures, of = _policy(story)
    play = story.play(GOOD * of, ERROR * (failures + story.in_a_minute - 1))
    begins = paging.first(_due(play, "error"))
    if begins is None:
        raise ValueError("errors of the runner must be told")
    rule = story.rule(names.PROBE_ERROR)
    fields = said.failing(story.watch, rule, story.step)
    yield story.case(
        "faults of the runner itself are a ticket, not a page",
        play,
        (
            Fired(begins - 1, names.PROBE_ERROR),
            Fired(begins, names.PROBE_ERROR, (fields,)),
            Fired(begins, names.JOURNEY_FAILING),
        ),
    )
    others: Runs = ("flaky", "skipped", "cancelled")
    ignored = story.play(GOOD, *((outcome,) * (of + 1) for outcome in others))
    minutes = [ceil(ignored.seen(k * (of + 1)) / MINUTE) for k in range(1, len(others) + 1)]
    yield story.case(
        "runs that succeeded at a second attempt, were skipped or cancelled are no failures",
        ignored,
        tuple(Fired(minute, alert) for minute in minutes for alert in (names.JOURNEY_FAILING, names.PROBE_ERROR)),
    )


def _stalls(story: Story) -> Case:
    """The runner goes on, and says nothing new of this journey."""
    wait = int(exact(stale_for(story.watch), "second"))
    before = 3
    play = story.play(GOOD * before, minutes=ceil(((before + 2) * story.every + wait + 240) / MINUTE))
    newest = play.over(before - 1)
    known = {play.seen(n): play.over(n) for n in range(before)}
    late = [
        at - max((over for seen, over in known.items() if seen <= at), default=0) > story.every
        for at in range(0, play.end + 1, MINUTE)
    ]
    fires = paging.first(paging.waits(late, wait))
    if fires is None:
        raise ValueError("a journey that stalls must be told")
    rule = story.rule(names.JOURNEY_STALE)
    fields = said.stale(story.watch, rule, fires * MINUTE - newest)
    return story.case(
        "a journey that is no longer run pages, and says since when",
        play,
        (Fired(fires - 1, names.JOURNEY_STALE), Fired(fires, names.JOURNEY_STALE, (fields,))),
    )


def _starts(story: Story) -> Case:
    """A runner that has just begun shows when each journey last ran as 0, until its first run."""
    play = story.play(GOOD * 4, phase=int(exact(story.watch.journey.timeout, "second")))
    end = play.end // MINUTE
    never = f"count_over_time({story.stands(names.JOURNEY_STALE)[4:-1]}[{end}m])"
    return story.case(
        "a runner that starts has time to make its first run",
        play,
        (Fired(end, names.JOURNEY_STALE),),
        (Holds(end, never, gives=False),),
    )


def _never(story: Story) -> Case:
    wait = ceil(exact(stale_for(story.watch), "second") / MINUTE)
    mine = story.play(GOOD)
    up = series("up", mine.labels, "1x400")
    others: tuple[Series, ...] = decoys(story.play(GOOD * 4, minutes=wait + 2))
    fields = said.stale(story.watch, story.rule(names.JOURNEY_STALE), None)
    return Case(
        name="a journey that no prober has ever run pages, though the prober is up and runs others",
        interval=mine.scrape,
        series=(up, *others),
        fired=(Fired(wait - 1, names.JOURNEY_STALE), Fired(wait, names.JOURNEY_STALE, (fields,))),
    )
