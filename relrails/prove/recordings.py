"""Proof that every recorded series says what it claims: the two sums from raw samples, the windows from the sums."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil

from relrails.promql import duration_text
from relrails.promql.printer import quoted
from relrails.prove.levels import Stretch, newest, ratio_bounds, stretches, sums
from relrails.prove.scene import Scene, about, minutes_of
from relrails.prove.values import Case, Holds
from relrails.rules import names
from relrails.rules.records import alert_windows
from relrails.sli.traffic import Phase, Series, Traffic, series
from relrails.units import days, exact, minutes, plain


def from_raw(scene: Scene) -> Iterator[Case]:
    """Play raw samples whose level changes inside the base window and inside five minutes."""
    last = max(2, ceil(scene.base_minutes))
    parts = stretches((last + 3, last + 9), last, beyond=6)
    phases = tuple(Phase(p.samples * 60 // scene.scrape, int(p.total), int(p.bad)) for p in parts)
    traffic = Traffic(phases, scene.scrape)
    mine = scene.slo.sli.series(traffic, scene.group)
    if not mine:
        return
    others: tuple[Series, ...] = ()
    if scene.slo.by:
        all_bad = Traffic((Phase(traffic.scrapes, 50, 50),), scene.scrape)
        others = scene.slo.sli.series(all_bad, scene.other_group)
    end = sum(p.samples for p in parts)
    yield Case(
        name="the two sums count what the raw samples say, group by group",
        interval=scene.scrape,
        series=tuple({s.name: s for s in (*others, *mine)}.values()),
        holds=(*_sums(scene, traffic, end), *_constants(scene, end)),
    )


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
        series=_played(scene, names.TOTAL, names.BAD, parts, horizon, stale=True),
        holds=tuple(holds),
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
    for name, shown, covered in (
        ("every window of a day and more, and the budget, hold the ratio of their own sums", parts, Fraction(1)),
        ("a service that is younger than its window is judged by what there is", newest(parts, longest * 2 // 5), None),
    ):
        yield Case(
            name=name,
            interval=step * 60,
            series=_played(scene, names.TOTAL_5M, names.BAD_5M, shown, horizon // step),
            holds=tuple(_long(scene, shown, horizon, covered)),
        )
    yield Case(
        name="without any traffic in the window nothing of the budget is spent",
        interval=step * 60,
        series=_played(scene, names.TOTAL_5M, names.BAD_5M, (_idle(longest),), horizon // step),
        holds=(
            Holds(horizon, about(scene.query(names.BUDGET_REMAINING), Fraction(1))),
            Holds(horizon, scene.query(names.error_ratio(scene.slo.window)), gives=False),
            Holds(horizon, scene.query(names.PERIOD_BURN_RATE), gives=False),
        ),
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
    """Two recorded series that end at sample `end`, with another SLO and another service beside them.

    With `stale` they end one sample earlier: while the total is there, the rule for the bad sum would record its own 0.
    """
    blank = end - sum(p.samples for p in parts) + (0 if stale else 1)
    before = [f"_x{blank}"] if blank > 0 else []
    after = ["stale"] if stale else []
    totals = " ".join([*before, *(f"{p.total}x{p.samples - 1}" for p in parts), *after])
    bads = " ".join([*before, *(f"{p.bad}x{p.samples - 1}" for p in parts), *after])
    out = [
        scene.recorded(total, totals),
        scene.recorded(bad, bads),
        *scene.decoys(total, totals),
        *scene.decoys(bad, totals),
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
