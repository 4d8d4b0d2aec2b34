"""Proof that every recorded series says what it claims: the two sums from raw samples, the windows from the sums."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

from relrails.promql import duration_text
from relrails.promql.printer import quoted
from relrails.prove.levels import Stretch, newest, ratio_bounds, stretches, sums
from relrails.prove.scene import Scene, about, decimal, minutes_of
from relrails.prove.values import Case, Holds
from relrails.rules import names
from relrails.rules.records import alert_windows
from relrails.sli.traffic import Phase, Series, Traffic, series
from relrails.units import days, exact, minutes, plain

GAP_SCRAPES, GAP_BEFORE = 2, 5
"""How many scrapes fail, and how many scrapes before the newest change of level."""
ONE_EVENT = Stretch(1, Fraction(1, 2), Fraction(1, 4))
"""The least that a window can hold: one event, and every other time a bad one."""


def from_raw(scene: Scene) -> Iterator[Case]:
    """Play raw samples whose level changes inside the base window and inside five minutes."""
    last = max(2, ceil(scene.base_minutes))
    parts = stretches((last + 3, last + 9), last, beyond=6)
    traffic = Traffic(_inside_the_base(scene, parts), scene.scrape)
    if not scene.slo.sli.graded and not scene.slo.sli.fixed_pace:
        traffic = replace(traffic, phases=_with_a_gap(traffic))
    mine = scene.slo.sli.series(traffic, scene.group)
    if not mine:
        return
    all_bad, half_bad = (Traffic((Phase(traffic.scrapes, 50, bad),), scene.scrape) for bad in (50, 25))
    others = _of_another_job(scene, scene.slo.sli.series(half_bad, scene.group))
    if scene.slo.by:
        others = (*others, *scene.slo.sli.series(all_bad, scene.other_group))
    end = sum(p.samples for p in parts)
    yield Case(
        name="the two sums count what the raw samples say, group by group",
        interval=scene.scrape,
        series=(*{s.name: s for s in (*others, *mine)}.values(), *_recorded_for_others(scene, end)),
        holds=(*_sums(scene, traffic, end), *_constants(scene, end), *_labels(scene, end)),
    )


def _recorded_for_others(scene: Scene, minute: int) -> tuple[Series, ...]:
    return tuple(s for metric in (names.TOTAL, names.BAD) for s in scene.decoys(metric, f"7x{minute * 60}"))


def _with_a_gap(traffic: Traffic) -> tuple[Phase, ...]:
    """Let scrapes fail, and others be bad, within the last minutes: else every minute would be like the next."""
    *before, last = traffic.phases
    early = max(before[-1].scrapes - GAP_BEFORE, 1)
    late = before[-1].scrapes - early - GAP_SCRAPES
    return (
        *before[:-1],
        Phase(early, 3, 1),
        Phase(GAP_SCRAPES, 3, 1, gone=True),
        Phase(late, 3, 2),
        Phase(last.scrapes, 2, 1),
    )


def _of_another_job(scene: Scene, played: Sequence[Series]) -> tuple[Series, ...]:
    jobs = {("job", job) for job in scene.slo.sli.jobs()}
    return tuple(
        replace(s, labels=tuple(("job", "another") if label in jobs else label for label in s.labels))
        for s in played
        if jobs.intersection(s.labels)
    )


def _inside_the_base(scene: Scene, parts: Sequence[Stretch]) -> tuple[Phase, ...]:
    """Turn minutes into scrapes, every change of level late by so much that the newest lies inside the base window."""
    scrapes = [p.samples * 60 // scene.scrape for p in parts]
    late = scrapes[-1] - scene.base_seconds // scene.scrape // 2
    scrapes[0] += late
    scrapes[-1] -= late
    return tuple(Phase(n, int(p.total), int(p.bad)) for n, p in zip(scrapes, parts, strict=True))


def _sums(scene: Scene, traffic: Traffic, end: int) -> Iterator[Holds]:
    readings = [_points(scene, traffic, end, closed=closed) for closed in (True, False)]
    for metric, k in ((names.TOTAL, 0), (names.BAD, 1)):
        yield Holds(end, about(scene.query(metric), *_span(sums(parts, 1)[k] for parts in readings)))
    for metric, k in ((names.TOTAL_5M, 0), (names.BAD_5M, 1)):
        tiles = (sums(parts, count)[k] / count * 300 for parts in readings for count in (5, 6))
        yield Holds(end, about(scene.query(metric), *_span(tiles)))


def _points(scene: Scene, traffic: Traffic, end: int, *, closed: bool) -> tuple[Stretch, ...]:
    sli, window = scene.slo.sli, scene.base_seconds
    return tuple(Stretch(1, *sli.seen(traffic, minute * 60, window, closed=closed)) for minute in range(1, end + 1))


def _constants(scene: Scene, minute: int) -> Iterator[Holds]:
    slo = scene.slo
    plainly = {"service": scene.service.name, "slo": slo.name}
    info = {
        **plainly,
        "owner": scene.service.owner,
        "objective": format(plain(slo.goal * 100), "f"),
        "window": duration_text(slo.window),
        "sli": type(slo.sli).__name__,
    }
    for metric, labels, value in (
        (names.OBJECTIVE, plainly, slo.goal),
        (names.ERROR_BUDGET, plainly, slo.budget),
        (names.TIME_PERIOD, plainly, exact(slo.window, "day")),
        (names.INFO, info, 1),
    ):
        inner = ",".join(f"{k}={quoted(v)}" for k, v in labels.items())
        yield Holds(minute, about(f"{metric}{{{inner}}}", Fraction(value)))


def _labels(scene: Scene, minute: int) -> Iterator[Holds]:
    """Ask whether the recorded series carry the labels that they should, and none beside them."""
    slo = scene.slo
    mine = f"service={quoted(scene.service.name)},slo={quoted(slo.name)}"
    constant = {names.OBJECTIVE, names.ERROR_BUDGET, names.TIME_PERIOD}
    grouped = {
        *(names.TOTAL, names.BAD, names.TOTAL_5M, names.BAD_5M, names.CURRENT_BURN_RATE),
        *(names.error_ratio(w) for w in (*alert_windows(slo), slo.window)),
        *(names.total_over(slo.window), names.bad_over(slo.window)),
        *(names.PERIOD_BURN_RATE, names.BUDGET_REMAINING, names.COVERAGE),
    }
    count = len(constant) + len(grouped) * (2 if slo.by else 1)
    allowed = ",".join(("service", "slo", *slo.by))
    yield Holds(minute, f'count without ({allowed}) ({{__name__=~"slo:.*",{mine}}}) == bool {count}')
    yield Holds(minute, f"count without ({allowed},owner,objective,window,sli) ({names.INFO}{{{mine}}})")


def from_sums(scene: Scene, horizon: int) -> Iterator[Case]:
    """Play the two sums, a sample a minute, and ask for every window below a day at the horizon."""
    windows = [w for w in alert_windows(scene.slo) if not names.is_long(w)]
    counts = [minutes_of(w) for w in windows]
    parts = stretches(counts, 2, beyond=20)
    budget = Fraction(scene.slo.budget)
    # The newest sample lies a minute before the horizon: see `_played`.
    holds = [
        Holds(horizon, about(scene.query(names.error_ratio(w)), *ratio_bounds(parts, count - 1)))
        for w, count in zip(windows, counts, strict=True)
    ]
    burn = [ratio / budget for ratio in ratio_bounds(parts, 4)]
    holds.append(Holds(horizon, about(scene.query(names.CURRENT_BURN_RATE), *burn)))
    yield Case(
        name="every window below a day holds the ratio of its own sums, whatever the traffic was before",
        interval=60,
        series=(
            *_played(scene, names.TOTAL, names.BAD, parts, horizon, stale=True),
            *scene.decoys(names.error_ratio(5 * minutes), f"_x{horizon - 2} 1x5"),
        ),
        holds=tuple(holds),
    )
    yield Case(
        name="a single event in a window is enough for a ratio",
        interval=60,
        series=_played(scene, names.TOTAL, names.BAD, (_idle(counts[-1]), ONE_EVENT), horizon, stale=True),
        holds=tuple(Holds(horizon, about(scene.query(names.error_ratio(w)), Fraction(1, 2))) for w in windows),
    )
    yield Case(
        name="without traffic there is no ratio rather than a wrong one",
        interval=60,
        series=_played(scene, names.TOTAL, names.BAD, (_idle(800),), horizon, stale=True),
        holds=(
            *(Holds(horizon, scene.query(names.error_ratio(w)), gives=False) for w in windows),
            Holds(horizon, scene.query(names.CURRENT_BURN_RATE), gives=False),
        ),
    )


def from_tiles(scene: Scene, horizon: int) -> Iterator[Case]:
    """Play the sums of five minutes over the whole SLO window and ask for the long windows and the budget."""
    step = tile_minutes(scene)
    longest = minutes_of(scene.slo.window) // step
    windows = [w for w in alert_windows(scene.slo) if names.is_long(w)]
    counts = sorted({minutes_of(w) // step for w in windows} | {longest})
    parts = stretches(counts, 4, beyond=longest // 20)
    window = scene.slo.window
    derived = (names.total_over(window), names.bad_over(window), names.error_ratio(window))
    for name, shown, covered in (
        ("every window of a day and more, and the budget, hold the ratio of their own sums", parts, Fraction(1)),
        ("a service that is younger than its window is judged by what there is", newest(parts, longest * 2 // 5), None),
    ):
        yield Case(
            name=name,
            interval=step * 60,
            series=(
                *_played(scene, names.TOTAL_5M, names.BAD_5M, shown, horizon // step),
                *(d for metric in derived for d in scene.decoys(metric, f"_x{horizon // step - 2} 1x5")),
            ),
            holds=tuple(_long(scene, shown, horizon, covered)),
        )
    yield Case(
        name="a single event in a window of days is enough for a ratio",
        interval=step * 60,
        series=_played(scene, names.TOTAL_5M, names.BAD_5M, (_idle(longest // 2), ONE_EVENT), horizon // step),
        holds=tuple(
            Holds(horizon, about(scene.query(names.error_ratio(w)), Fraction(1, 2))) for w in (*windows, window)
        ),
    )
    yield _unseen(scene, longest, horizon)
    yield _gap(scene, longest, horizon)
    if step == minutes_of(names.LONG_INTERVAL):
        yield _overfull(scene, horizon)
    yield Case(
        name="without any traffic in the window nothing of the budget is spent",
        interval=step * 60,
        series=_played(scene, names.TOTAL_5M, names.BAD_5M, (_idle(longest),), horizon // step),
        holds=(
            Holds(horizon, about(scene.query(names.BUDGET_REMAINING), Fraction(1))),
            *(Holds(horizon, scene.query(names.error_ratio(w)), gives=False) for w in (*windows, window)),
            Holds(horizon, scene.query(names.PERIOD_BURN_RATE), gives=False),
        ),
    )


def _unseen(scene: Scene, longest: int, horizon: int) -> Case:
    step = tile_minutes(scene)
    return Case(
        name="a service that had no traffic and is not seen any more has no budget to show",
        interval=step * 60,
        series=(scene.recorded(names.TOTAL_5M, f"_x{horizon // step - longest // 2} 0x{longest // 2 - 5}"),),
        holds=(Holds(horizon, scene.query(names.BUDGET_REMAINING), gives=False),),
    )


def _gap(scene: Scene, longest: int, horizon: int) -> Case:
    before, within = longest // 30, longest // 3
    tiles = minutes_of(scene.slo.window) // minutes_of(names.LONG_INTERVAL)
    end = horizon // tile_minutes(scene)
    share = Fraction(within, tiles)
    return Case(
        name="samples from before a window cover nothing of it",
        interval=tile_minutes(scene) * 60,
        series=(scene.recorded(names.TOTAL_5M, f"1x{before - 1} _x{end + 1 - before - within} 1x{within - 1}"),),
        holds=(Holds(horizon, about(scene.query(names.COVERAGE), share, share + Fraction(1, tiles))),),
    )


def _overfull(scene: Scene, horizon: int) -> Case:
    """Play a sample more often than every five minutes, as at the edges of a window in Prometheus 2."""
    seconds = int(exact(names.LONG_INTERVAL, "second")) * 9 // 10
    return Case(
        name="a window that holds more samples than it should is covered once, not more",
        interval=seconds,
        series=(scene.recorded(names.TOTAL_5M, f"1x{horizon * 60 // seconds}"),),
        holds=(Holds(horizon, about(scene.query(names.COVERAGE), Fraction(1))),),
    )


def _long(scene: Scene, parts: Sequence[Stretch], horizon: int, covered: Fraction | None) -> Iterator[Holds]:
    step, slo = tile_minutes(scene), scene.slo
    longest, budget = minutes_of(slo.window) // step, Fraction(slo.budget)
    for window in alert_windows(slo):
        if names.is_long(window):
            count = minutes_of(window) // step
            yield Holds(horizon, about(scene.query(names.error_ratio(window)), *ratio_bounds(parts, count)))
    ratios = ratio_bounds(parts, longest)
    yield Holds(horizon, about(scene.query(names.error_ratio(slo.window)), *ratios))
    yield Holds(horizon, about(scene.query(names.PERIOD_BURN_RATE), *(r / budget for r in ratios)))
    left = _span(1 - r / budget for r in ratios)
    yield Holds(horizon, about(scene.query(names.BUDGET_REMAINING), *left))
    for metric, k in ((names.total_over(slo.window), 0), (names.bad_over(slo.window), 1)):
        yield Holds(horizon, about(scene.query(metric), *_span(sums(parts, longest + edge)[k] for edge in (0, 1))))
    # Told in the same evaluation in which the budget is recorded, and not in the next one.
    enough = sums(parts, longest)[1] > slo.minimum_bad_events
    policy = scene.service.error_budget
    for alert, limit in ((names.BUDGET_LOW, policy.warn_below), (names.BUDGET_SPENT, policy.freeze_below)):
        if enough and max(left) < exact(limit, "ratio"):
            yield Holds(horizon, f"sum({scene.alerts(alert)})")
    # The rule expects a sample every five minutes; over a long window the proof plays fewer, to stay below the 10,000
    # samples that promtool allows a query, and expects a share that is smaller by as much.
    tiles = minutes_of(slo.window) // minutes_of(names.LONG_INTERVAL)
    share = Fraction(min(sum(p.samples for p in parts), longest), tiles) if covered is None or step > 5 else covered
    yield Holds(horizon, about(scene.query(names.COVERAGE), share, min(share + Fraction(1, tiles), Fraction(1))))


def tile_minutes(scene: Scene) -> int:
    """Minutes between two played sums of five minutes: promtool allows a query 10,000 samples."""
    months = Fraction(exact(scene.slo.window, "second")) / Fraction(exact(30 * days, "second"))
    return minutes_of(5 * minutes) * max(1, ceil(months))


def _played(
    scene: Scene, total: str, bad: str, parts: Sequence[Stretch], end: int, *, stale: bool = False
) -> tuple[Series, ...]:
    """Two recorded series that end at sample `end`, with another SLO and another service of twice the traffic, all bad.

    With `stale` they end one sample earlier: while the total is there, the rule for the bad sum would record its own 0.
    """
    blank = end - sum(p.samples for p in parts) + (0 if stale else 1)
    before = [f"_x{blank}"] if blank > 0 else []
    after = ["stale"] if stale else []
    totals = " ".join([*before, *(f"{decimal(p.total)}x{p.samples - 1}" for p in parts), *after])
    bads = " ".join([*before, *(f"{decimal(p.bad)}x{p.samples - 1}" for p in parts), *after])
    twice = " ".join([*before, *(f"{decimal(2 * p.total)}x{p.samples - 1}" for p in parts), *after])
    out = [
        scene.recorded(total, totals),
        scene.recorded(bad, bads),
        *scene.decoys(total, twice),
        *scene.decoys(bad, twice),
    ]
    if scene.slo.by:
        other = {**scene.labels, **scene.other_group}
        out += [series(total, other, totals), series(bad, other, totals)]
    return tuple(out)


def _idle(samples: int) -> Stretch:
    return Stretch(samples, Fraction(0), Fraction(0))


def _span(values: "Iterator[Fraction] | Sequence[Fraction]") -> tuple[Fraction, Fraction]:
    found = tuple(values)
    return min(found), max(found)
