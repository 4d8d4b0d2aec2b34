"""Proof of the alerts alone: their inputs are played, just above, at and just below each limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from relrails.promql import duration_text
from relrails.prove.expected import Fields, rule_of, said
from relrails.prove.scene import Scene, decimal
from relrails.prove.values import Case, Fired
from relrails.rules import Tier, names
from relrails.sli.traffic import Series
from relrails.units import exact

PHASE = 2
"""Evaluations that each row of a truth table lasts; it is looked at in the first, for these alerts wait for nothing."""
ABOVE, BELOW = Fraction(21, 20), Fraction(19, 20)
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
        yield from _few_events(scene, tier)
    yield from _budget(scene)


def _burn(scene: Scene, tier: Tier) -> Case:
    limit = Fraction(tier.threshold)
    both = Row(limit * ABOVE, limit * ABOVE, fires=True)
    rows = (
        both,
        Row(limit * BELOW, limit * ABOVE, fires=False),
        both,
        Row(limit * ABOVE, limit * BELOW, fires=False),
        both,
        Row(limit, limit * ABOVE, fires=False),
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
            *_events(scene, tier, MANY),
            scene.recorded(remaining, _rows([SPARE] * len(rows))),
            *scene.decoys(remaining, _rows([Fraction(1, 3)] * len(rows))),
        ),
        fired=tuple(Fired(k * PHASE, names.BURN, (fields,) if row.fires else ()) for k, row in enumerate(rows)),
    )


def _few_events(scene: Scene, tier: Tier) -> Iterator[Case]:
    limit = Fraction(tier.threshold) * ABOVE
    least = scene.slo.minimum_bad_events
    fields = said(scene, rule_of(scene, names.BURN, tier), limit)
    for events, alerts, what in (
        (least - 1, (), f"is silent while only {least - 1} events were bad, whatever their share"),
        (least, (fields,), f"fires when {least} events were bad"),
    ):
        yield Case(
            name=f"{tier_name(tier)} {what}",
            interval=60,
            series=(*_windows(scene, tier, [limit], [limit]), *_events(scene, tier, Fraction(events, 5))),
            fired=(Fired(4, names.BURN, alerts),),
        )


def _budget(scene: Scene) -> Iterator[Case]:
    policy, slo = scene.service.error_budget, scene.slo
    warn, freeze = (Fraction(exact(limit, "ratio")) for limit in (policy.warn_below, policy.freeze_below))
    least = Fraction(slo.minimum_bad_events)
    step = Fraction(1, 100)
    for few in (False, True):
        levels = (warn + step, warn, warn - step, freeze, freeze - step)
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
                scene.recorded(names.bad_over(slo.window), _rows([least - 1 if few else least] * len(levels))),
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


def _events(scene: Scene, tier: Tier, an_evaluation: Fraction) -> tuple[Series, ...]:
    """Play bad events, so many at each evaluation."""
    if names.is_long(tier.long):
        return (scene.recorded(names.BAD_5M, f"{decimal(an_evaluation)}x200"),)
    return (scene.recorded(names.BAD, f"{decimal(an_evaluation / 60)}x200"),)


def _rows(values: "list[Fraction] | tuple[Fraction, ...]") -> str:
    return " ".join(f"{decimal(value)}x{PHASE - 1}" for value in values)
