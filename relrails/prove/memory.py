"""Proof of how long an alert remembers: events that count, and what the exporter said before it died.

Looked at once, at the end of a long silence, so that hours cost nothing to play.
"""

from collections.abc import Iterator
from fractions import Fraction

from relrails.prove.expected import rule_of, said
from relrails.prove.scene import Scene, decimal, minutes_of
from relrails.prove.truth import ABOVE, BELOW, tier_name
from relrails.prove.values import Case, Fired
from relrails.rules import Tier, names
from relrails.sli.traffic import Series


def memory(scene: Scene, horizon: int) -> Iterator[Case]:
    """Give the cases of all burn-rate alerts; `horizon` is the minute at which they are looked at."""
    for tier in scene.tiers:
        yield from _events_count(scene, tier, horizon)
        yield from _held(scene, tier, horizon)


def _events_count(scene: Scene, tier: Tier, horizon: int) -> Iterator[Case]:
    limit, long = Fraction(tier.threshold) * ABOVE, minutes_of(tier.long)
    least = Fraction(scene.slo.minimum_bad_events)
    fields = said(scene, rule_of(scene, names.BURN, tier), limit)
    for ago, alerts, what in ((long * 9 // 10, (fields,), "counts"), (long * 11 // 10, (), "no longer counts")):
        yield Case(
            name=f"{tier_name(tier)} {what} events of {ago} minutes ago",
            interval=60,
            series=(
                _at_end(scene, names.error_ratio(tier.long), horizon, limit),
                _at_end(scene, names.error_ratio(tier.short), horizon, limit),
                _once(scene, tier, horizon - ago, least),
            ),
            fired=(Fired(horizon, names.BURN, alerts),),
        )


def _held(scene: Scene, tier: Tier, horizon: int) -> Iterator[Case]:
    """The short window has no value at the horizon: what it last said stands while the bad events are not recorded."""
    limit, long = Fraction(tier.threshold), minutes_of(tier.long)
    fields = said(scene, rule_of(scene, names.BURN, tier), limit * ABOVE)
    many = Fraction(1000)
    recent, old = long * 9 // 10, long * 11 // 10
    for ago, ratio, dead, fires, what in (
        (recent, ABOVE, True, True, "stays when the exporter dies in the middle of it"),
        (recent, BELOW, True, False, "does not start when the exporter dies below the limit"),
        (recent, Fraction(1), True, False, "does not start when the exporter dies exactly at the limit"),
        (old, ABOVE, True, False, "forgets what was said before its long window"),
        (recent, ABOVE, False, False, "ends when there is no traffic any more but the exporter lives"),
    ):
        events = [_once(scene, tier, horizon - 5, many)]
        if not dead:
            alive = f"_x{horizon - 9} 0x8"
            events = [scene.recorded(names.BAD, alive)] if names.is_long(tier.long) else []
            events += [_once(scene, tier, horizon - 5, many, alive=True)]
        # A dead service must not be mistaken for a living one with another name.
        decoy = scene.decoys(names.BAD, f"_x{horizon - 9} 0x8")
        yield Case(
            name=f"{tier_name(tier)} {what}",
            interval=60,
            series=(
                _at_end(scene, names.error_ratio(tier.long), horizon, limit * ABOVE),
                _said_last(scene, tier, horizon - ago, limit * (BELOW if ratio > 1 else ABOVE), limit * ratio),
                *scene.decoys(names.error_ratio(tier.short), f"_x{horizon - 9} 1x4 stale"),
                *events,
                *decoy,
            ),
            fired=(Fired(horizon, names.BURN, (fields,) if fires else ()),),
        )


def _said_last(scene: Scene, tier: Tier, minute: int, before: Fraction, last: Fraction) -> Series:
    """Record the short window for the last time, after it has said otherwise: only what it said last counts."""
    notation = f"_x{minute - 2} {decimal(before)} {decimal(last)} stale"
    return scene.recorded(names.error_ratio(tier.short), notation)


def _at_end(scene: Scene, metric: str, horizon: int, value: Fraction) -> Series:
    return scene.recorded(metric, f"_x{horizon - 2} {decimal(value)}x3")


def _once(scene: Scene, tier: Tier, minute: int, events: Fraction, *, alive: bool = False) -> Series:
    """Record bad events at one minute; then nothing, or zeros from an exporter that lives."""
    after = "0x20" if alive else "stale"
    if names.is_long(tier.long):
        return scene.recorded(names.BAD_5M, f"_x{minute} {decimal(events)} {after}")
    return scene.recorded(names.BAD, f"_x{minute} {decimal(events / 60)} {after}")
