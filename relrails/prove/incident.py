"""Proof of the promise itself: from raw samples to the alert, at the minute that the arithmetic says."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from relrails.judge.detection import NEVER, Burn, detection, recovery
from relrails.promql import duration_text
from relrails.prove.scene import Scene, minutes_of
from relrails.prove.values import Case, Holds
from relrails.rules import Tier, names
from relrails.sli.traffic import INSTANCES, Phase, Series, Traffic

DAYS_STEP = 15
"""Minutes between two evaluations where days are played."""
TRAFFIC = 100_000
"""Events between two scrapes: so many that no guard against small numbers matters here."""
QUIET = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Story:
    """A burn: minutes before it, its error ratio, how long it lasts, minutes after it at the ratio of before."""

    before: int
    ratio: Fraction
    lasts: int
    after: int
    ratio_before: Fraction = Fraction(0)


def outage_alerts(scene: Scene) -> tuple[Tier, ...]:
    """What an outage sets off within hours, quickest first: pages, or the tickets of an SLO that has none."""
    quick = scene.of(long=False)
    pages = tuple(t for t in quick if t.severity == "page")
    return tuple(sorted(pages or quick, key=lambda t: minutes_of(t.long)))


def partial_ratio(scene: Scene) -> Fraction:
    """The error ratio of the partial outage: 10 %, or twice the lowest limit of a page where 10 % would page nobody."""
    lowest = min(Fraction(t.threshold) for t in outage_alerts(scene))
    return max(Fraction(1, 10), min(2 * lowest, Fraction(1)))


def incident(scene: Scene) -> Iterator[Case]:
    """Play a total outage, a partial one, and a service just inside its limits, a minute at a time."""
    pages = outage_alerts(scene)
    if not pages or not plays(scene):
        return
    calls = "pages" if pages[0].severity == "page" else "opens a ticket"
    name = f"a total outage {calls} at the minute that was promised, and stops when it should"
    yield _case(scene, name, pages[:1], _burn(scene, Fraction(1)))
    if not scene.slo.sli.graded:
        return
    ratio = partial_ratio(scene)
    yield _case(
        scene, f"at {float(ratio * 100):g} % bad each page comes at its promised minute", pages, _burn(scene, ratio)
    )
    lowest = min(Fraction(t.threshold) for t in pages)
    story = Story(before=60, ratio=QUIET * lowest, lasts=30, after=0, ratio_before=QUIET * lowest)
    yield Case(
        name="at 0.9 of the lowest limit nobody is paged",
        interval=scene.scrape,
        series=_series(scene, story),
        holds=tuple(Holds(90, _ever(scene, tier, 90), gives=False) for tier in pages),
    )


def days(scene: Scene) -> Iterator[Case]:
    """Play the tickets, from a service just inside its limits to one that is just outside of them."""
    tickets = tuple(t for t in scene.of(long=True) if t.severity == "ticket")
    if not tickets or not plays(scene):
        return
    highest = max(Fraction(t.threshold) for t in tickets)
    lowest = min(Fraction(t.threshold) for t in tickets)
    ratio, before = (
        (min(4 * highest, Fraction(1)), QUIET * lowest) if scene.slo.sli.graded else (Fraction(1), Fraction(0))
    )
    burn = _burn(scene, ratio, before, DAYS_STEP)
    name = "days at 0.9 of the lowest limit open no ticket; a slow burn after them does, when promised"
    yield _case(scene, name, tickets, burn, DAYS_STEP)


def plays(scene: Scene) -> bool:
    """Whether the raw series of the SLI can be played at all."""
    return bool(scene.slo.sli.series(Traffic((Phase(1, 1, 0),), scene.scrape), scene.group))


def _burn(scene: Scene, ratio: Fraction, before: Fraction = Fraction(0), every: int = 1) -> Burn:
    return scene.burn(ratio, before, every=every, exporters=len(INSTANCES))


def _case(scene: Scene, name: str, tiers: tuple[Tier, ...], burn: Burn, every: int = 1) -> Case:
    found = {t: detection(scene.alert(t, every), burn) for t in tiers}
    fire = {t: bounds for t, bounds in found.items() if bounds.earliest != NEVER}
    lasts = max(b.latest for b in fire.values()) + 5
    clear = {t: recovery(scene.alert(t, every), burn, lasts) for t in fire}
    history = max(minutes_of(t.long) for t in tiers) // every + 2
    story = Story(
        before=history * every,
        ratio=burn.error_ratio,
        lasts=lasts * every,
        after=(max(b.latest for b in clear.values()) + 3) * every,
        ratio_before=burn.before,
    )
    stop = story.before + story.lasts
    end = stop + story.after
    holds: list[Holds] = []
    for tier in tiers:
        if tier in fire:
            moments = f"timestamp({_firing(scene, tier)})[{end}m:{every}m]"
            first, last = fire[tier], clear[tier]
            holds += [
                Holds(end, _when(f"min_over_time({moments})", story.before, first.earliest, first.latest, every)),
                Holds(end, _when(f"max_over_time({moments})", stop, last.earliest - 1, last.latest - 1, every)),
            ]
        else:
            holds.append(Holds(end, _ever(scene, tier, end), gives=False))
    return Case(name=name, interval=scene.scrape, series=_series(scene, story), holds=tuple(holds))


def _series(scene: Scene, story: Story) -> tuple[Series, ...]:
    a_minute = 60 // scene.scrape
    phases = tuple(
        Phase(length * a_minute, TRAFFIC, int(TRAFFIC * ratio))
        for length, ratio in (
            (story.before, story.ratio_before),
            (story.lasts, story.ratio),
            (story.after, story.ratio_before),
        )
        if length
    )
    mine = scene.slo.sli.series(Traffic(phases, scene.scrape), scene.group)
    if not scene.slo.by:
        return mine
    healthy = Traffic(tuple(Phase(p.scrapes, TRAFFIC) for p in phases), scene.scrape)
    others = scene.slo.sli.series(healthy, scene.other_group)
    return tuple({s.name: s for s in (*others, *mine)}.values())


def _firing(scene: Scene, tier: Tier) -> str:
    named = {"long": duration_text(tier.long), "short": duration_text(tier.short)}
    return scene.alerts(names.BURN, **named)


def _when(moment: str, after: int, earliest: int, latest: int, every: int) -> str:
    """Ask whether a moment lies between two evaluations, counted from the minute `after`."""
    low, high = ((after + k * every) * 60 for k in (earliest, latest))
    return f"sum({moment} >= bool {low}) * sum({moment} <= bool {high})"


def _ever(scene: Scene, tier: Tier, end: int) -> str:
    return f"count_over_time({_firing(scene, tier)}[{end + 1}m])"
