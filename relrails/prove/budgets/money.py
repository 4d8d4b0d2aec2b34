"""Proof of a budget of money."""

from collections.abc import Iterator
from fractions import Fraction

from relrails.budget import Spend
from relrails.prove.budgets.play import Ledger
from relrails.prove.scene import decimal
from relrails.prove.values import Case, Fired
from relrails.rules import names
from relrails.rules.budgets.money import FOR
from relrails.units import exact, magnitude

WAIT = int(exact(FOR, "minute"))


def money(ledger: Ledger, budget: Spend) -> Iterator[Case]:
    """Give the cases."""
    hourly = Fraction(exact(budget.max, "USD/day")) / 24
    limit = Fraction(magnitude(budget.max))
    for share, more in ((Fraction(11, 10), True), (Fraction(19, 20), False)):
        parts = [ledger.series(budget.hourly_cost, f"{decimal(hourly * share / 2)}x60", node=node) for node in "ab"]
        fields = ledger.says(names.SPENT, float(limit * share))
        yield Case(
            name=f"{'more' if more else 'less'} than may be spent in a day",
            interval=300,
            series=tuple(parts),
            fired=(
                (Fired(WAIT - 5, names.SPENT), Fired(WAIT, names.SPENT, (fields,)))
                if more
                else (Fired(WAIT + 60, names.SPENT),)
            ),
            holds=(ledger.holds(WAIT, "spend", limit * share),),
        )
    hours = 27
    dear, cheap = decimal(hourly * 10), decimal(hourly / 2)
    yield Case(
        name="what was dear more than a day ago is forgotten",
        interval=300,
        series=(ledger.series(budget.hourly_cost, f"{dear}x23 {cheap}x{hours * 12}"),),
        fired=(Fired(hours * 60, names.SPENT),),
        holds=(ledger.holds(hours * 60, "spend", limit / 2),),
    )
    yield ledger.blind()
