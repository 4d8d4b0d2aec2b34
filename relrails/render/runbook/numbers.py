"""An objective as people feel it: minutes of full outage, and bad events among good ones."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from relrails.promql import duration_text
from relrails.rules import Tier
from relrails.rules.annotations import percent_text
from relrails.slo import SLO
from relrails.units import exact, plain

_UNITS = ((172_800, 86_400, "days"), (7_200, 3_600, "h"), (120, 60, "min"), (0, 1, "s"))
"""From how many seconds on people count in which unit."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What an SLO promises: its objective, over which window, and its error budget as an outage and in events."""

    objective: str
    window: str
    outage: str
    events: str


def promise(slo: SLO) -> Promise:
    """Put the numbers of an SLO into words."""
    budget = Fraction(slo.budget)
    return Promise(
        objective=percent_text(slo.goal),
        window=duration_text(slo.window),
        outage=time_text(budget * Fraction(exact(slo.window, "second"))),
        events=f"{budget.numerator:,} of every {budget.denominator:,} {slo.sli.events}",
    )


def time_text(seconds: Fraction) -> str:
    """Write a length of time in the unit that people would use, to four digits."""
    size, unit = next((size, unit) for least, size, unit in _UNITS if seconds >= least)
    return f"{digits(seconds / size)} {unit}"


def digits(number: Fraction | Decimal, places: int = 4) -> str:
    """Round to a few digits, without exponent or trailing zeros."""
    value = plain(number)
    if value == 0:
        return "0"
    return format(plain(round(value, places - 1 - value.adjusted())), "f")


def arithmetic(slo: SLO, tier: Tier) -> str:
    """Show where the threshold of an alert comes from."""
    return f"{digits(tier.factor)} × {percent_text(slo.budget)} = {percent_text(tier.threshold)}"
