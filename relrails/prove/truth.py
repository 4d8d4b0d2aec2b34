"""Proof of the alerts alone: their inputs are played, just above, at and just below each limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import nextafter

from relrails.promql import duration_text
from relrails.prove.expected import Fields, rule_of, said
from relrails.prove.scene import Scene, decimal, minutes_of
from relrails.prove.values import Case, Fired
from relrails.rules import Tier, names
from relrails.sli.traffic import Series
from relrails.units import exact

PHASE = 2
"""Evaluations that each row of a truth table lasts; it is looked at in the first, for these alerts wait for nothing."""
ABOVE, BELOW = Fraction(21, 20), Fraction(19, 20)
WORSE = Fraction(27, 25)
"""Of the short window: what an alert says is the long one's."""
SPARE = Fraction(31, 50)
"""Budget left while a burn is played, so that the alert's text has something to say."""
MANY = Fraction(1000)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what is played, and the alerts that must stand."""

    long: Fraction
    short: Fraction
    fires: bool


def truth(scene: Scene) -> Iterator[Case]:
    """Give the truth tables of all alerts of an SLO that work on recorded series."""
    for tier in scene.tiers:
        yield _burn(scene, tier)
        yield _few_events(scene, tier)
    yield from _budget(scene)


def _burn(scene: Scene, tier: Tier) -> Case:
    limit = Fraction(tier.threshold)
    both = Row(limit * ABOVE, limit * WORSE, fires=True)
    rows = (
        both,
        Row(limit * BELOW, limit * WORSE, fires=False),
        both,
        Row(limit * ABOVE, limit * BELOW, fires=False),
        both,
        Row(limit, limit * WORSE, fires=False),
        both,
        Row(limit * ABOVE, limit, fires=False),
    )
    rule = rule_of(scene, names.BURN, tier)
    fields = said(scene, rule, limit * ABOVE, left=SPARE)
    remaining = names.BUDGET_REMAINING
    return Case(
        name=f"{tier_name(tier)} fires when both windows are above the limit, and only then",
        interval=60,
        series=(
            *_windows(scene, tier, [r.long for r in rows], [r.short for r in rows]),
            scene.recorded(names.BAD, f"{decimal(MANY / 60)}x200"),
            scene.recorded(remaining, _rows([SPARE] * len(rows))),
            *scene.decoys(remaining, _rows([Fraction(1, 3)] * len(rows))),
        ),
        fired=tuple(Fired(k * PHASE, names.BURN, (fields,) if row.fires else ()) for k, row in enumerate(rows)),
    )


def _few_events(scene: Scene, tier: Tier) -> Case:
    """Half an event less than the least is not yet enough, for rates only estimate whole events."""
    limit = Fraction(tier.threshold) * ABOVE
    half_less = _half_less(scene)
    fields = said(scene, rule_of(scene, names.BURN, tier), limit)
    seconds = 1 if names.is_long(tier.long) else minutes_of(names.SHORT_INTERVAL) * 60
    metric = names.BAD_5M if names.is_long(tier.long) else names.BAD
    at_limit = float(half_less) / seconds
    while at_limit * seconds > half_less:  # the rule multiplies floats too, and must not find a hair more
        at_limit = nextafter(at_limit, 0)
    return Case(
        name=f"{tier_name(tier)} waits for {scene.slo.minimum_bad_events} bad events, whatever their share",
        interval=60,
        series=(
            *_windows(scene, tier, [limit], [limit]),
            scene.recorded(metric, f"0 {at_limit!r} {at_limit / 20!r} 0x20"),
        ),
        fired=(Fired(0, names.BURN), Fired(1, names.BURN), Fired(2, names.BURN, (fields,))),
    )


def _half_less(scene: Scene) -> Fraction:
    return scene.slo.minimum_bad_events - Fraction(1, 2)


def _budget(scene: Scene) -> Iterator[Case]:
    policy, slo = scene.service.error_budget, scene.slo
    warn, freeze = (Fraction(exact(limit, "ratio")) for limit in (policy.warn_below, policy.freeze_below))
    step = Fraction(1, 100)
    for few in (False, True):
        levels = (warn + step, warn, warn - step, freeze, freeze - step, freeze - 2 * step)
        shares = [(BELOW, Fraction(1))[k % 2] if few else ABOVE for k in range(len(levels))]
        fired: list[Fired] = []
        for k, left in enumerate(levels):
            for alert, limit in ((names.BUDGET_LOW, warn), (names.BUDGET_SPENT, freeze)):
                alerts: tuple[Fields, ...] = (said(scene, rule_of(scene, alert), left),)
                fired.append(Fired(k * PHASE, alert, alerts if left < limit and not few else ()))
        what = "say nothing of a handful of events" if few else "fire below their limits, not at them"
        yield Case(
            name=f"the budget alerts {what}",
            interval=60,
            series=(
                scene.recorded(names.BUDGET_REMAINING, _rows(levels)),
                *scene.decoys(names.BUDGET_REMAINING, _rows([Fraction(-1)] * len(levels))),
                scene.recorded(names.bad_over(slo.window), _rows([_half_less(scene) * share for share in shares])),
                *scene.decoys(names.bad_over(slo.window), _rows([MANY] * len(levels))),
            ),
            fired=tuple(fired),
        )


def tier_name(tier: Tier) -> str:
    """Name a burn-rate alert in the sentence of a case."""
    return f"the {tier.severity} on {duration_text(tier.long)} and {duration_text(tier.short)}"


def _windows(scene: Scene, tier: Tier, long: list[Fraction], short: list[Fraction]) -> tuple[Series, ...]:
    """Play both windows; another SLO and another service burn all the time beside them."""
    all_bad = _rows([Fraction(1)] * len(long))
    out: list[Series] = []
    for window, values in ((tier.long, long), (tier.short, short)):
        metric = names.error_ratio(window)
        out += [scene.recorded(metric, _rows(values)), *scene.decoys(metric, all_bad)]
    return tuple(out)


def _rows(values: "list[Fraction] | tuple[Fraction, ...]") -> str:
    return " ".join(f"{decimal(value)}x{PHASE - 1}" for value in values)
