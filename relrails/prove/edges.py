"""Proof of the rules at the edges: nothing bad ever, nothing at all, restarts, dead exporters, missing metrics."""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil

from relrails.promql import Selector
from relrails.promql.example import accepts
from relrails.prove.expected import rule_of, said
from relrails.prove.incident import TRAFFIC, outage_alerts, plays
from relrails.prove.scene import Scene, about, between, minutes_of
from relrails.prove.truth import tier_name
from relrails.prove.values import Case, Fired, Holds
from relrails.rules import names
from relrails.rules.alerts import DOWN_FOR, MISSING_FOR
from relrails.rules.records import alert_windows
from relrails.sli.traffic import INSTANCES, Phase, Series, Traffic, series
from relrails.units import minutes

SETTLE = 10
"""Minutes after which every short window of these cases is full."""
RISES = re.compile(r"\+[1-9]")
"""A counter that rises, as promtool writes it."""


def _first(scene: Scene) -> int:
    """The first minute at which there is a sum, and with it everything that follows: a rate needs two scrapes."""
    return 1 if scene.slo.sli.graded else 0


def edges(scene: Scene) -> Iterator[Case]:
    """Give the edge cases of one SLO."""
    yield _never_started(scene)
    if scene.slo.sli.jobs():
        yield _target_down(scene)
    if not plays(scene):
        return
    yield _nothing_bad(scene)
    if scene.slo.sli.silence_is_good:
        yield _only_bad(scene)
    yield from _dies_burning(scene)
    if not scene.slo.by and not scene.slo.sli.fixed_pace:
        yield _vanishes(scene)
    if scene.slo.sli.graded:
        yield _no_traffic(scene)
        yield _restart(scene)
        yield _newcomer(scene)
    if not scene.slo.sli.silence_is_good:
        yield from _half_missing(scene)
    if scene.slo.by:
        yield _group_stops(scene)


def _play(scene: Scene, *phases: tuple[int, int, int], **more: bool) -> Traffic:
    """Traffic from (minutes, total, bad) in a scrape."""
    a_minute = 60 // scene.scrape
    return Traffic(tuple(Phase(m * a_minute, total, bad) for m, total, bad in phases), scene.scrape, **more)


def _up(scene: Scene, notation: str) -> tuple[Series, ...]:
    mine = [series("up", {"job": job, "instance": INSTANCES[0]}, notation) for job in scene.slo.sli.jobs()]
    return (*mine, series("up", {"job": "decoy", "instance": INSTANCES[0]}, "1x2000"))


def _others(scene: Scene) -> tuple[Series, ...]:
    """Another SLO and another service that are seen all the time: they say nothing of this one."""
    return scene.decoys(names.TOTAL, "1x2000")


def _silent(scene: Scene, minute: int) -> tuple[Fired, ...]:
    down = (names.EXPORTER_DOWN,) if scene.slo.sli.jobs() else ()
    return tuple(Fired(minute, alert) for alert in (names.BURN, *down, names.METRIC_MISSING, names.BUDGET_SPENT))


def _nothing_bad(scene: Scene) -> Case:
    first, end = _first(scene), SETTLE * 2
    traffic = _play(scene, (end, TRAFFIC, 0), never_bad=True)
    return Case(
        name="a service whose error series does not exist yet has an error ratio of 0, not a missing one",
        interval=scene.scrape,
        series=(*scene.slo.sli.series(traffic, scene.group), *_up(scene, "1x200")),
        holds=(
            *(Holds(first, about(scene.query(metric), Fraction(0))) for metric in _ratios(scene)),
            *(Holds(end, about(scene.query(metric), Fraction(0))) for metric in _ratios(scene)),
            *(Holds(minute, about(scene.query(names.BUDGET_REMAINING), Fraction(1))) for minute in (first, end)),
            *(Holds(first, f"sum({scene.query(metric)}) > bool 0") for metric in _amounts(scene)),
        ),
        fired=_silent(scene, end),
    )


def _ratios(scene: Scene) -> tuple[str, ...]:
    """Everything that is 0 while nothing is bad, from the first minute on."""
    windows = (*alert_windows(scene.slo), scene.slo.window)
    named = dict.fromkeys((names.BAD, names.BAD_5M, *(names.error_ratio(w) for w in windows)))
    return (*named, names.bad_over(scene.slo.window), names.CURRENT_BURN_RATE, names.PERIOD_BURN_RATE)


def _amounts(scene: Scene) -> tuple[str, ...]:
    """Everything that counts traffic, from the first minute on."""
    return (names.TOTAL, names.TOTAL_5M, names.total_over(scene.slo.window), names.COVERAGE)


def _only_bad(scene: Scene) -> Case:
    """Exporters make a series when it first counts something, so what never happened has none."""
    end = SETTLE
    played = scene.slo.sli.series(_play(scene, (end, TRAFFIC, TRAFFIC)), scene.group)
    rate = Fraction(TRAFFIC * len(INSTANCES), scene.scrape)
    return Case(
        name="a service that never did anything right is all bad, though no series counts what was right",
        interval=scene.scrape,
        series=tuple(s for s in played if RISES.search(s.values)),
        holds=(
            *(Holds(_first(scene), f"sum({scene.query(metric)}) > bool 0") for metric in (names.TOTAL, names.BAD)),
            *(Holds(end, about(scene.query(metric), rate)) for metric in (names.TOTAL, names.BAD)),
            Holds(end, about(scene.query(names.error_ratio(5 * minutes)), Fraction(1))),
        ),
    )


def _no_traffic(scene: Scene) -> Case:
    end = SETTLE + minutes_of(MISSING_FOR)
    sli = scene.slo.sli
    parts = sli.reads()[1:] if sli.silence_is_good else ()
    played = sli.series(_play(scene, (end, 0, 0)), scene.group)
    return Case(
        name="no traffic is no news: no ratio, no alert, the budget as it was",
        interval=scene.scrape,
        series=(*(s for s in played if not any(_reads(part, s) for part in parts)), *_up(scene, "1x200")),
        holds=(
            *(Holds(end, about(scene.query(metric), Fraction(0))) for metric in (names.TOTAL, names.BAD)),
            Holds(end, scene.query(names.error_ratio(5 * minutes)), gives=False),
            Holds(end, about(scene.query(names.BUDGET_REMAINING), Fraction(1))),
        ),
        fired=_silent(scene, end),
    )


def _reads(selector: Selector, played: Series) -> bool:
    labels = dict(played.labels)
    return selector.metric == played.metric and all(accepts(m, labels.get(m.label, "")) for m in selector.matchers)


def _restart(scene: Scene) -> Case:
    """Both instances restart while a known share is bad: the ratio must not move."""
    end = SETTLE * 2
    bad = int(TRAFFIC * scene.slo.budget / 2)
    traffic = _play(scene, (SETTLE, TRAFFIC, bad), (SETTLE, TRAFFIC, bad))
    phases = (traffic.phases[0], replace(traffic.phases[1], reset=True))
    played = scene.slo.sli.series(replace(traffic, phases=phases), scene.group)
    rate = Fraction(TRAFFIC * len(INSTANCES), scene.scrape)
    ratio = Fraction(bad, TRAFFIC)
    return Case(
        name="a restart of every instance changes neither the ratio nor the traffic",
        interval=scene.scrape,
        series=played,
        holds=(
            *(Holds(SETTLE + k, about(scene.query(names.TOTAL), rate)) for k in (1, 2, 5)),
            *(Holds(SETTLE + k, about(scene.query(names.error_ratio(5 * minutes)), ratio)) for k in (1, 2, 5)),
        ),
        fired=(Fired(end, names.BURN),),
    )


def _newcomer(scene: Scene) -> Case:
    """An instance appears whose counters have stood high for weeks: its past is not today's traffic."""
    end = SETTLE * 2
    calm = _play(scene, (end, 1000, 0))
    late = replace(_play(scene, (end - SETTLE, 1000, 0)), start=10**9)
    blank = f"_x{SETTLE * 60 // scene.scrape}"
    joining = (
        replace(
            s, labels=tuple((k, "c:80" if v == INSTANCES[0] else v) for k, v in s.labels), values=f"{blank} {s.values}"
        )
        for s in scene.slo.sli.series(late, scene.group)
        if INSTANCES[0] in dict(s.labels).values()
    )
    before, after = (Fraction(1000 * n, scene.scrape) for n in (len(INSTANCES), len(INSTANCES) + 1))
    return Case(
        name="a new instance with huge counters adds its traffic, not its past",
        interval=scene.scrape,
        series=tuple({s.name: s for s in (*scene.slo.sli.series(calm, scene.group), *joining)}.values()),
        holds=(
            *(
                Holds(SETTLE + k, between(scene.query(names.TOTAL), before * Fraction(9, 10), after * Fraction(11, 10)))
                for k in (1, 2, 3)
            ),
            Holds(end, about(scene.query(names.TOTAL), after)),
        ),
        fired=(Fired(end, names.BURN),),
    )


def _dies_burning(scene: Scene) -> Iterator[Case]:
    pages = outage_alerts(scene)
    if not pages:
        return
    tier = pages[0]
    long = minutes_of(tier.long)
    burning, end = long // 2, long // 2 + long + 10
    traffic = _play(scene, (burning, TRAFFIC, TRAFFIC))
    a_minute = 60 // scene.scrape
    gone = Phase((end - burning) * a_minute, 0, gone=True)
    played = scene.slo.sli.series(replace(traffic, phases=(*traffic.phases, gone)), scene.group)
    up = f"1x{burning * a_minute} 0x{(end - burning) * a_minute}"
    labels = rule_of(scene, names.BURN, tier).labels
    burns = scene.alerts(names.BURN, long=labels["long"], short=labels["short"])
    # Few looks a minute: the last ones to leave the long window must still be enough to be believed.
    believed = 0 if scene.slo.sli.graded else scene.slo.minimum_bad_events
    hold = long - int(scene.base_minutes) - 2 - believed
    first = {names.BURN: len(scene.tiers)} if scene.slo.sli.graded else {}
    if scene.slo.sli.graded or _half_a_tile(scene) > believed:
        first |= {names.BUDGET_LOW: 1, names.BUDGET_SPENT: 1}
    yield Case(
        name=f"{tier_name(tier)} stays when the exporter dies in an outage, and ends within its window",
        interval=scene.scrape,
        series=(*played, *_up(scene, up), *_others(scene)),
        fired=_down_after(scene, burning) if scene.slo.sli.jobs() and not scene.slo.sli.fixed_pace else (),
        holds=(
            *(Holds(1, f"sum({scene.alerts(alert)}) == bool {count}") for alert, count in first.items()),
            *(Holds(burning + k, f"sum({burns})") for k in (0, 7, 20, hold)),
            Holds(end, burns, gives=False),
        ),
    )


def _half_a_tile(scene: Scene) -> Fraction:
    """Bad events of five minutes, seen after one; 0 where the first minute is not all there is in the base window."""
    sli = scene.slo.sli
    if sli.fixed_pace or sli.graded or scene.base_minutes > 1:
        return Fraction(0)
    return scene.burn(Fraction(1), exporters=len(INSTANCES)).bad_events * 5 / 2


def _down_after(scene: Scene, minute: int) -> tuple[Fired, ...]:
    """The last scrape is at this minute: from when the base window holds only that one, nothing is seen."""
    wait = minutes_of(DOWN_FOR)
    fields = said(scene, rule_of(scene, names.EXPORTER_DOWN), Fraction(1), group={})
    return (
        Fired(minute + wait, names.EXPORTER_DOWN),
        Fired(minute + ceil(scene.base_minutes) + wait, names.EXPORTER_DOWN, (fields,)),
    )


def _target_down(scene: Scene) -> Case:
    wait = minutes_of(DOWN_FOR)
    fields = said(scene, rule_of(scene, names.EXPORTER_DOWN), Fraction(1), group={})
    return Case(
        name="a dead exporter is told from a missing metric, and pages after its wait",
        interval=60,
        series=(*_up(scene, "0x200"), *_others(scene)),
        fired=(
            Fired(wait - 1, names.EXPORTER_DOWN),
            Fired(wait, names.EXPORTER_DOWN, (fields,)),
            Fired(wait + minutes_of(MISSING_FOR), names.METRIC_MISSING),
        ),
    )


def _never_started(scene: Scene) -> Case:
    wait = minutes_of(MISSING_FOR)
    fields = said(scene, rule_of(scene, names.METRIC_MISSING), Fraction(1), group={})
    down = (Fired(wait + 5, names.EXPORTER_DOWN),) if scene.slo.sli.jobs() else ()
    return Case(
        name="a target that is up but lacks the metric is a missing metric, not a dead exporter",
        interval=60,
        series=(*_up(scene, "1x200"), *_others(scene)),
        fired=(
            Fired(wait - 1, names.METRIC_MISSING),
            Fired(wait, names.METRIC_MISSING, (fields,)),
            *down,
        ),
    )


def _vanishes(scene: Scene) -> Case:
    wait, base = minutes_of(MISSING_FOR), ceil(scene.base_minutes)
    gone = Phase((wait + base + 3) * 60 // scene.scrape, 0, gone=True)
    traffic = _play(scene, (SETTLE, TRAFFIC, 0))
    played = scene.slo.sli.series(replace(traffic, phases=(*traffic.phases, gone)), scene.group)
    return Case(
        name="a metric that vanishes from a target that stays up is missed",
        interval=scene.scrape,
        series=(*played, *_up(scene, "1x2000"), *_others(scene)),
        fired=(
            Fired(SETTLE + wait, names.METRIC_MISSING),
            Fired(
                SETTLE + base + wait,
                names.METRIC_MISSING,
                (said(scene, rule_of(scene, names.METRIC_MISSING), Fraction(1)),),
            ),
        ),
    )


def _half_missing(scene: Scene) -> Iterator[Case]:
    """There is traffic, but the series that tells good from bad is gone."""
    first, *rest = scene.slo.sli.reads()
    others = {s.metric for s in rest} - {first.metric}
    if not others:
        return
    wait = minutes_of(MISSING_FOR)
    end = SETTLE + wait + 5
    one, none = (
        tuple(
            s
            for s in scene.slo.sli.series(_play(scene, (end * 2, events, events)), scene.group)
            if s.metric not in others
        )
        for events in (1, 0)
    )
    rate = Fraction(len(INSTANCES), scene.scrape)
    yield Case(
        name="traffic whose good and bad cannot be told apart is no good news",
        interval=scene.scrape,
        series=(*one, *_up(scene, "1x2000"), *_others(scene)),
        holds=(Holds(end, scene.query(names.error_ratio(5 * minutes)), gives=False),),
        fired=(
            Fired(wait - 1, names.METRIC_MISSING),
            Fired(end, names.METRIC_MISSING, (said(scene, rule_of(scene, names.METRIC_MISSING), rate),)),
        ),
    )
    yield Case(
        name="where there is no traffic nobody misses the series that tells good from bad",
        interval=scene.scrape,
        series=(*none, *_up(scene, f"1x{end * 60 // scene.scrape} 0x2000"), *_others(scene)),
        fired=(
            Fired(end, names.METRIC_MISSING),
            *((Fired(end + minutes_of(DOWN_FOR) * 2, names.EXPORTER_DOWN),) if scene.slo.sli.jobs() else ()),
        ),
    )
    ahead = scene.slo.sli.series(_play(scene, (end, TRAFFIC, -TRAFFIC // 10)), scene.group)
    yield Case(
        name="good events that were counted before the total was are not less than nothing bad",
        interval=scene.scrape,
        series=(*ahead, *_up(scene, "1x2000")),
        holds=(
            Holds(end, about(scene.query(names.BAD), Fraction(0))),
            Holds(end, about(scene.query(names.BUDGET_REMAINING), Fraction(1))),
        ),
        fired=_silent(scene, end),
    )


def _group_stops(scene: Scene) -> Case:
    """One group stops reporting while another goes on."""
    stop, wait = SETTLE, minutes_of(MISSING_FOR)
    end = stop + wait + int(scene.base_minutes) + 3
    mine = _play(scene, (stop, TRAFFIC, 0))
    gone = Phase((end - stop) * 60 // scene.scrape, 0, gone=True)
    played = scene.slo.sli.series(replace(mine, phases=(*mine.phases, gone)), scene.group)
    others = scene.slo.sli.series(_play(scene, (end, TRAFFIC, 0)), scene.other_group)
    rate = Fraction(TRAFFIC * len(INSTANCES), scene.scrape)
    return Case(
        name="a group that stops reporting is missed, though the others go on",
        interval=scene.scrape,
        series=(*tuple({s.name: s for s in (*others, *played)}.values()), *_up(scene, "1x2000")),
        fired=(
            Fired(stop + wait - 1, names.METRIC_MISSING),
            Fired(end, names.METRIC_MISSING, (said(scene, rule_of(scene, names.METRIC_MISSING), rate),)),
        ),
    )
