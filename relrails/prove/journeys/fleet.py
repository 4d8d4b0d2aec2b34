"""Proof of the alerts that are about all journeys: a prober that is gone, cut off, or a step that they share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil

from relrails.judge import paging
from relrails.judge.paging import MINUTE
from relrails.probe import names as exported
from relrails.probe.names import Outcome
from relrails.promql import Matcher, Selector, text
from relrails.prove.journeys import said
from relrails.prove.journeys.play import Play
from relrails.prove.values import Case, Fired, Holds
from relrails.rules import AlertingRule, RuleGroup, names
from relrails.rules.journeys.fleet import DOWN_FOR, JOURNEYS, KEEP_SHARED, SHARED_BY, Shared, shared_steps
from relrails.rules.journeys.watch import Watch
from relrails.service import Service
from relrails.sli.traffic import Series, gauge, series
from relrails.units import exact

BEGINS, LEAST = 20, 40
"""Minutes before a shared step fails, and for which it does at least."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """All services, and the rules that are about all journeys."""

    services: Sequence[Service]
    groups: tuple[RuleGroup, ...]

    @property
    def rules(self) -> tuple[AlertingRule, ...]:
        """The alerts."""
        return tuple(r for g in self.groups for r in g.rules if isinstance(r, AlertingRule))


def fleet(of: Fleet) -> Iterator[Case]:
    """Give the proofs."""
    for rule in of.rules:
        if rule.alert == names.RUNNER_DOWN:
            others = {r.labels["prober"] for r in of.rules if r.alert == names.RUNNER_DOWN} - {rule.labels["prober"]}
            yield from _down(rule, sorted(others))
            yield _one_scrape(of, rule)
        elif rule.alert == names.EGRESS_DOWN:
            yield _egress(rule)
    for shared in shared_steps(of.services):
        yield from _shared(of, shared)


def _down(rule: AlertingRule, others: Sequence[str]) -> Iterator[Case]:
    job, wait = rule.labels["prober"], _waits(rule)
    well = [series("up", {"job": other, "instance": "a:80"}, "1x200") for other in (*others, "decoy")]
    up = {"job": job, "instance": "probe:9100"}
    fields = said.plainly(rule)
    gone = 5
    for how, notation in (
        ("answers no scrape", f"1x{gone - 1} 0x30"),
        ("is no longer scraped", f"1x{gone - 1} stale _x30"),
    ):
        yield Case(
            name=f"{job} pages {wait} min after it {how}",
            interval=MINUTE,
            series=(series("up", up, notation), *well),
            fired=(
                Fired(gone + wait - 1, rule.alert),
                Fired(gone + wait, rule.alert, (fields,)),
            ),
        )
    yield Case(
        name=f"{job} that was never scraped pages",
        interval=MINUTE,
        series=tuple(well),
        fired=(Fired(wait, rule.alert, (fields,)),),
    )
    yield Case(
        name=f"{job} may restart, and one of two may be down",
        interval=15,
        series=(
            series("up", up, "1x40 0x2 1x40 0x40"),
            series("up", {**up, "instance": "spare:9100"}, "_x60 1x80"),
            *well,
        ),
        fired=tuple(Fired(minute, rule.alert) for minute in (10, 11, 12, 13, 20, 25)),
    )


def _waits(rule: AlertingRule) -> int:
    """Minutes that pass, at evaluations every minute, until a page that has become due is made."""
    return ceil(exact(rule.for_ or DOWN_FOR, "second") / MINUTE)


def _one_scrape(of: Fleet, rule: AlertingRule) -> Case:
    """What is scraped rarely looks down for as long as until the next scrape."""
    job = rule.labels["prober"]
    watches = [Watch(s, j) for s in of.services for j in s.journeys]
    mine = [w for w in watches if w.by_runner == (job == exported.JOB)]
    scrape = int(min(exact(w.scraped_every, "second") for w in mine))
    end = ceil(30 * scrape / MINUTE)
    labels = {"job": job, "instance": "probe:9100"}
    ever = f"count_over_time({_stands(rule)[4:-1]}[{end}m])"
    return Case(
        name=f"{job} may lose one scrape in {scrape} s, and nobody is called",
        interval=scrape,
        series=(series("up", labels, "1x9 0 1x20"),),
        holds=(Holds(end, ever, gives=False),),
    )


def _egress(rule: AlertingRule) -> Case:
    wait, keep = _waits(rule), ceil(exact(KEEP_SHARED, "second") / MINUTE)
    begins, ends = 5, 10
    notation = gauge(["1"] * begins + ["0"] * (ends - begins) + ["1"] * (keep + 5))
    found = [begins <= minute < ends for minute in range(ends + keep + 5)]
    stands = paging.standing(paging.waits(found, wait * MINUTE), keep * MINUTE)
    last = paging.last(stands) or 0
    labels = {"job": exported.JOB, "instance": "probe:9100"}
    return Case(
        name=f"a prober without a way out pages after {wait} min, and outlives the pages that it silences",
        interval=MINUTE,
        series=(
            series(exported.EGRESS_OK, labels, notation),
            series(exported.EGRESS_OK, {**labels, "job": "decoy"}, "0x40"),
        ),
        fired=(
            Fired(begins + wait - 1, rule.alert),
            Fired(begins + wait, rule.alert, (said.plainly(rule),)),
            Fired(last + 1, rule.alert),
        ),
        holds=(Holds(last, _stands(rule)),),
    )


def _shared(of: Fleet, shared: Shared) -> Iterator[Case]:
    rule = said.rule_of(of.groups, names.SHARED_STEP, env=shared.env, shared=shared.name)
    plays = [_play(shared, watch, _step(watch, shared.name)) for watch in shared.watches]
    due = [[p.paging.fails(p.ended("failure"), m * MINUTE) for m in range(_end(shared))] for p in plays]
    pages = [paging.standing(d, p.paging.keep) for d, p in zip(due, plays, strict=True)]
    failed = _failed(plays, range(0, _end(shared) * MINUTE, MINUTE))
    found = [count >= SHARED_BY and any(d[m] for d in due) for m, count in enumerate(failed)]
    stands = paging.standing(found, int(exact(KEEP_SHARED, "second")))
    begins, ends = paging.first(stands), paging.last(stands)
    silenced = [minute for minute, ours in enumerate(zip(*pages, strict=True)) if any(ours)]
    if begins is None or ends is None or silenced[-1] > ends:
        raise ValueError(f"the page for {shared.name} must outlive those that it silences")
    blamed = _blamed(plays, begins * MINUTE)
    fields = said.shared(shared, rule, blamed.watch, blamed.step, **{JOURNEYS: f"{failed[begins]} journeys"})
    yield Case(
        name=f"{shared.name} that fails in every journey of {shared.env} pages once for all, as long as they do",
        interval=plays[0].scrape,
        series=_of(plays),
        fired=(
            Fired(begins - 1, names.SHARED_STEP),
            Fired(begins, names.SHARED_STEP, (fields,)),
            Fired(ends + 1, names.SHARED_STEP),
        ),
        holds=tuple(Holds(minute, _stands(rule)) for minute in sorted({max(silenced[0], begins), silenced[-1], ends})),
    )
    alone = [plays[0], *(_play(shared, w, _step(w, shared.name), good=True) for w in shared.watches[1:])]
    others = [_play(shared, w, other) for w in shared.watches if (other := _other(w, shared.name)) is not None]
    quiet: tuple[tuple[str, Sequence[Play]], ...] = (("in one journey alone is that journey's page", alone),)
    if len(others) >= SHARED_BY:
        quiet = (*quiet, ("is not blamed for journeys that fail at other steps", others))
    for how, played in quiet:
        yield Case(
            name=f"{shared.name} of {shared.env} {how}",
            interval=plays[0].scrape,
            series=_of(played),
            fired=tuple(Fired(minute, names.SHARED_STEP) for minute in (silenced[0], begins, _over(shared), ends)),
        )


def _of(plays: Sequence[Play]) -> tuple[Series, ...]:
    return tuple(chain.from_iterable(play.series() for play in plays))


def _blamed(plays: Sequence[Play], at: int) -> Play:
    """Find the first journey, by name, whose newest run that is known failed."""
    known = ((play, [n for n in range(len(play.runs)) if play.seen(n) <= at]) for play in plays)
    failing = [play for play, runs in known if runs and play.runs[runs[-1]] == "failure"]
    return min(failing, key=lambda play: play.watch.journey.name)


def _failed(plays: Sequence[Play], moments: Sequence[int]) -> list[int]:
    """Count, at each moment, the journeys that have failed in the time that the slowest of them looks back."""
    longest = ceil(max(play.paging.window for play in plays))
    failed = [[(play.paging.seen(over), over) for over in play.ended("failure")] for play in plays]
    return [sum(any(seen <= at < over + longest for seen, over in one) for one in failed) for at in moments]


def _play(shared: Shared, watch: Watch, step: str, *, good: bool = False) -> Play:
    """A journey that fails at a step for some time."""
    every, end = int(exact(watch.journey.every, "second")), _end(shared) * MINUTE
    first = 5 + every
    times = range(first, end, every)
    outage = range(BEGINS * MINUTE, _over(shared) * MINUTE)
    runs: tuple[Outcome, ...] = tuple("failure" if not good and t in outage else "success" for t in times)
    return Play(watch=watch, runs=runs, end=end, first=first, step=step)


def _over(shared: Shared) -> int:
    """Give the minute at which the step works again: by then each journey has had runs enough to page."""
    runs = (exact(w.journey.every, "minute") * (w.journey.page.failures + 1) for w in shared.watches)
    return BEGINS + max(LEAST, ceil(max(runs)))


def _end(shared: Shared) -> int:
    """Minutes in which everything is over."""
    slowest = max(int(exact(w.last_runs, "second")) for w in shared.watches)
    return _over(shared) + ceil((slowest + exact(KEEP_SHARED, "second")) / MINUTE) + 5


def _step(watch: Watch, shared: str) -> str:
    return next(step.name for step in watch.journey.steps if step.shared == shared)


def _other(watch: Watch, shared: str) -> str | None:
    return next((step.name for step in watch.journey.steps if step.shared != shared and step.scored), None)


def _stands(rule: AlertingRule) -> str:
    kept = {k: v for k, v in rule.labels.items() if k in {"env", "prober"}}
    labels = {"alertname": rule.alert, "alertstate": "firing", **kept}
    return f"sum({text(Selector('ALERTS', tuple(Matcher(k, '=', v) for k, v in labels.items())))})"
