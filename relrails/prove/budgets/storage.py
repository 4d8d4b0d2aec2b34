"""Proof of a budget of storage, in the shapes that storage grows in: evenly, in a step, compacted, by a newcomer."""

from collections.abc import Iterator
from fractions import Fraction

from relrails.budget import StorageGrowth
from relrails.judge import growth
from relrails.promql import Matcher, Selector, text
from relrails.prove.budgets.play import Ledger
from relrails.prove.scene import about
from relrails.prove.values import Case, Fired, Holds
from relrails.rules import names
from relrails.rules.budgets.storage import FOR
from relrails.sli.traffic import Series, series
from relrails.units import exact, magnitude

EVERY = 5
DAY = 1440
END = 27 * 60
WAIT = int(exact(FOR, "minute"))
BASE = 10**12
TENANT = "t-1"


def storage(ledger: Ledger, budget: StorageGrowth) -> Iterator[Case]:
    """Give the cases."""
    limit = Fraction(exact(budget.max, "byte/day"))
    for factor_, name in ((Fraction(6, 5), "more"), (Fraction(19, 20), "less")):
        yield _even(ledger, budget, name, limit * factor_ / DAY)
    yield _step(ledger, budget, limit * Fraction(3, 2))
    yield _compaction(ledger, budget, limit)
    yield _newcomer(ledger, budget, limit)
    if budget.written is not None:
        yield _restart(ledger, budget, limit)
    yield _many(ledger, budget, limit)
    yield ledger.blind()


def _even(ledger: Ledger, budget: StorageGrowth, how: str, per_minute: Fraction) -> Case:
    limit = Fraction(exact(budget.max, "byte/day"))
    step = int(per_minute * ledger.scrape / 60)
    exactly = Fraction(step * 60, ledger.scrape)
    count = END * 60 // ledger.scrape
    mine = _size(ledger, budget, f"{BASE}+{step}x{count}")
    name = f"a tenant that writes {how} than it may, evenly"
    if how == "less":
        return Case(
            name=name,
            interval=ledger.scrape,
            series=mine,
            fired=(Fired(END, names.STORAGE_GROWS),),
            holds=(_day(ledger, END, exactly * DAY, budget),),
        )
    due = growth.first_above(limit, exactly, EVERY)
    fires = due + WAIT
    return Case(
        name=name,
        interval=ledger.scrape,
        series=mine,
        fired=(
            Fired(fires - EVERY, names.STORAGE_GROWS),
            Fired(fires, names.STORAGE_GROWS, (_says(ledger, budget, exactly * fires),)),
        ),
        holds=(_day(ledger, END, exactly * DAY, budget),),
    )


def _step(ledger: Ledger, budget: StorageGrowth, amount: Fraction) -> Case:
    """All at once, three hours in: it is seen at once, not when a regression has turned, and leaves after a day."""
    a_minute = 60 // ledger.scrape
    before = 182
    notation = f"{BASE}x{before * a_minute - 1} {BASE + int(amount)}x{END * a_minute}"
    due = -(-before // EVERY) * EVERY
    return Case(
        name="a tenant that writes more than it may at once is told an hour later, and for a day",
        interval=ledger.scrape,
        series=_size(ledger, budget, notation),
        fired=(
            Fired(due + WAIT - EVERY, names.STORAGE_GROWS),
            Fired(due + WAIT, names.STORAGE_GROWS, (_says(ledger, budget, Fraction(int(amount))),)),
            Fired(due + DAY + EVERY, names.STORAGE_GROWS),
        ),
    )


def _compaction(ledger: Ledger, budget: StorageGrowth, limit: Fraction) -> Case:
    """Written and deleted again: what is stored at the end of the day is next to nothing."""
    a_minute = 60 // ledger.scrape
    hours, each = 12, int(limit * Fraction(6, 5) / 24 / (60 * a_minute))
    saw = " ".join(f"{BASE}+{each}x{60 * a_minute - 1}" for _ in range(2 * hours))
    until = DAY - EVERY
    # Without a counter, the five minutes in which something is deleted count as none.
    rising = range(0, until + 1, EVERY)
    stored = [Fraction(each * a_minute * (minute if budget.written else minute % 60)) for minute in rising]
    written = growth.written(stored)
    mine = [ledger.series(budget.stored, saw, **_tenant(budget))]
    if budget.written is not None:
        mine.append(ledger.series(budget.written, f"{BASE}+{each}x{2 * hours * 60 * a_minute}", **_tenant(budget)))
    return Case(
        name="what is written and deleted again counts as written",
        interval=ledger.scrape,
        series=tuple(mine),
        holds=(_day(ledger, until, written, budget),),
    )


def _newcomer(ledger: Ledger, budget: StorageGrowth, limit: Fraction) -> Case:
    a_minute = 60 // ledger.scrape
    late, each = 300, int(limit / 2 / (300 * a_minute))
    count = 300 * a_minute
    notation = f"_x{late * a_minute} {BASE}+{each}x{count} {BASE + each * count}x{count}"
    return Case(
        name="a new tenant counts with what it writes, not with what it came with",
        interval=ledger.scrape,
        series=_size(ledger, budget, notation),
        fired=(Fired(late + 300 + WAIT + EVERY, names.STORAGE_GROWS),),
        holds=(_day(ledger, late + 310, Fraction(each * count), budget),),
    )


def _restart(ledger: Ledger, budget: StorageGrowth, limit: Fraction) -> Case:
    a_minute = 60 // ledger.scrape
    each, half = int(limit * Fraction(19, 20) / (DAY * a_minute)), 12 * 60 * a_minute
    notation = f"{BASE}+{each}x{half - 1} {each}+{each}x{half + 60 * a_minute}"
    return Case(
        name="a restart of the exporter writes nothing",
        interval=ledger.scrape,
        series=_size(ledger, budget, notation),
        fired=(Fired(DAY + 30, names.STORAGE_GROWS),),
        holds=(_day(ledger, DAY, Fraction(each * DAY * a_minute), budget, slack=Fraction(1, 100)),),
    )


def _many(ledger: Ledger, budget: StorageGrowth, limit: Fraction) -> Case:
    """More tenants than are kept apart: nothing of what they write is lost."""
    a_minute = 60 // ledger.scrape
    tenants = budget.top + 3
    steps = [int(limit / 100 / (60 * a_minute)) * (n + 1) for n in range(tenants)]
    label = budget.by[0]
    mine = [
        s
        for n, step in enumerate(steps)
        for s in _size(ledger, budget, f"{BASE}+{step}x{70 * a_minute}", tenant=f"t-{n:02}")
    ]
    top = _select(ledger, names.STORAGE_TOP)
    small = sum(steps[:3]) * 60 * a_minute
    return Case(
        name=f"the {budget.top} tenants that write most are kept apart, and all others are one",
        interval=ledger.scrape,
        series=tuple(mine),
        fired=(Fired(60, names.STORAGE_GROWS),),
        holds=(
            Holds(60, f"count({top}) == bool {budget.top + 1}"),
            Holds(60, about(top.replace("}", f',{label}="(all others)"}}'), _in_unit(budget, Fraction(small)))),
        ),
    )


def _size(ledger: Ledger, budget: StorageGrowth, notation: str, tenant: str = TENANT) -> tuple[Series, ...]:
    """Play what is written, or where nothing counts that what is stored; beside another job that writes far more."""
    labels = _tenant(budget, tenant)
    stored = ledger.series(budget.stored, notation, **labels)
    decoy = series(stored.metric, {**dict(stored.labels), "job": "decoy"}, f"{BASE}+{BASE}x2000")
    if budget.written is None:
        return (stored, decoy)
    counted = ledger.series(budget.written, notation, **labels)
    return (stored, decoy, counted, series(counted.metric, {**dict(counted.labels), "job": "decoy"}, decoy.values))


def _tenant(budget: StorageGrowth, tenant: str = TENANT) -> dict[str, str]:
    return dict.fromkeys(budget.by, tenant)


def _says(ledger: Ledger, budget: StorageGrowth, amount: Fraction) -> tuple[dict[str, str], dict[str, str]]:
    return ledger.says(names.STORAGE_GROWS, float(_in_unit(budget, amount)), **_tenant(budget))


def _day(
    ledger: Ledger, minute: int, amount: Fraction, budget: StorageGrowth, slack: Fraction = Fraction(1, 250)
) -> Holds:
    value = _in_unit(budget, amount)
    return Holds(minute, about(_select(ledger, names.STORAGE_DAY), value * (1 - slack), value * (1 + slack)))


def _in_unit(budget: StorageGrowth, amount: Fraction) -> Fraction:
    return amount / Fraction(exact(budget.max, "byte/day")) * Fraction(magnitude(budget.max))


def _select(ledger: Ledger, metric: str) -> str:
    labels = {"service": ledger.service.name, "budget": ledger.budget.name}
    return text(Selector(metric, tuple(Matcher(k, "=", v) for k, v in labels.items())))
