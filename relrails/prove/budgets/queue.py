"""Proof of a queue's budget: deep, idle, stuck, never begun, growing, and old."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from relrails.budget import QueueDepth
from relrails.judge import growth
from relrails.prove.budgets.play import Ledger
from relrails.prove.values import Case, Fired, Holds
from relrails.rules import names
from relrails.rules.budgets.queue import DEEP_FOR, SLOW_FOR
from relrails.sli.traffic import Series
from relrails.units import exact, factor, magnitude

END = 40
DEEP, SLOW = int(exact(DEEP_FOR, "minute")), int(exact(SLOW_FOR, "minute"))


def queue(ledger: Ledger, budget: QueueDepth) -> Iterator[Case]:
    """Give the cases."""
    most = int(exact(budget.max, "item"))
    within = Fraction(exact(budget.drained_in, "second"))
    unit = factor(budget.drained_in)
    quick = ceil(most * 4 / within)  # what leaves in a second, so that even a full queue is soon done
    deep = ledger.says(names.QUEUE_DEEP, most + 1)

    yield _case(
        ledger,
        budget,
        "a queue that is exactly as deep as it may be is fine, one item more is a ticket",
        depth=_flat(ledger, most, most + 1),
        pace=quick,
        fired=(
            Fired(END, names.QUEUE_DEEP),
            Fired(END + DEEP, names.QUEUE_DEEP),
            Fired(END + DEEP + 1, names.QUEUE_DEEP, (deep,)),
            Fired(END + DEEP + 1, names.QUEUE_SLOW),
        ),
        drain=growth.drain(Fraction(most), Fraction(quick)) / float(unit),
    )
    few = max(1, most // 20)
    for name, pace in (
        ("a queue that nothing leaves will never be done", 0),
        ("nor will one whose counter was never made", None),
    ):
        never = ledger.says(names.QUEUE_SLOW, growth.drain(Fraction(few), Fraction(0)))
        yield _case(
            ledger,
            budget,
            name,
            depth=f"{few}x{END * 60 // ledger.scrape}",
            pace=pace,
            fired=(
                Fired(SLOW - 1, names.QUEUE_SLOW),
                Fired(SLOW, names.QUEUE_SLOW, (never,)),
                Fired(SLOW, names.QUEUE_DEEP),
            ),
        )
    yield _case(
        ledger,
        budget,
        "a queue in which nothing waits, and that nothing leaves, is idle and not stuck",
        depth=f"0x{END * 60 // ledger.scrape}",
        pace=0,
        fired=(Fired(END - 1, names.QUEUE_SLOW),),
        drain=0.0,
    )
    a_minute = 60 // ledger.scrape
    for verb, sign, quiet in (("grows", 1, False), ("shrinks", -1, True)):
        start = most * 3 // 4
        notation = f"{start}{sign:+d}x{END * a_minute}"
        yield Case(
            name=f"a queue that could be done in time but {verb} {'is fine' if quiet else 'will not be'}",
            interval=ledger.scrape,
            series=_series(ledger, budget, notation, quick),
            fired=() if not quiet else (Fired(SLOW + 2, names.QUEUE_SLOW),),
            holds=() if quiet else (_stands(SLOW + 1),),
        )
    if budget.oldest is not None and budget.oldest_at_most is not None:
        limit = exact(budget.oldest_at_most, "second")
        value = float((limit + 60) / (exact(budget.oldest_at_most, "second") / magnitude(budget.oldest_at_most)))
        yield Case(
            name="somebody who has waited longer than anybody may is a ticket",
            interval=60,
            series=(*_series(ledger, budget, "1x20", 1), ledger.series(budget.oldest, f"{limit}x9 {limit + 60}x9")),
            fired=(
                Fired(10, names.QUEUE_OLD),
                Fired(11, names.QUEUE_OLD, (ledger.says(names.QUEUE_OLD, value),)),
            ),
        )
    yield ledger.blind()


def _stands(minute: int) -> Holds:
    return Holds(minute, f'sum(ALERTS{{alertname="{names.QUEUE_SLOW}",alertstate="firing"}})')


def _flat(ledger: Ledger, before: int, after: int) -> str:
    a_minute = 60 // ledger.scrape
    return f"{before}x{END * a_minute} {after}x{END * a_minute}"


def _case(
    ledger: Ledger,
    budget: QueueDepth,
    name: str,
    *,
    depth: str,
    pace: int | None,
    fired: tuple[Fired, ...],
    drain: float | None = None,
) -> Case:
    holds = () if drain is None else (ledger.holds(END - 1, "drain", Fraction(drain).limit_denominator(10**9)),)
    return Case(
        name=name, interval=ledger.scrape, series=_series(ledger, budget, depth, pace), fired=fired, holds=holds
    )


def _series(ledger: Ledger, budget: QueueDepth, depth: str, pace: int | None) -> tuple[Series, ...]:
    waiting = ledger.series(budget.depth, depth)
    if pace is None:
        return (waiting,)
    return (waiting, ledger.series(budget.completed, f"1000000+{pace * ledger.scrape}x{END * 3 * 60 // ledger.scrape}"))
