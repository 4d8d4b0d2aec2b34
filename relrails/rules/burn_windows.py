"""The table of burn-rate alerts, and what becomes of it for one SLO.

The month is the workbook's table as shares of the budget. A week and a quarter have their own rows: the month's shares
would alert within budget over a week (3 days at 10 % is a factor of 0.23) and page too late over a quarter.
Source: The Site Reliability Workbook, chapter 5, table 5-8; factor = share * SLO window / long window.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache

from relrails.promql import duration_text
from relrails.slo import SLO, BurnTier, Severity
from relrails.units import Duration, days, exact, hours, minutes, plain

INSENSITIVE = Fraction(1, 2)
"""No alert waits for more than this share of requests to fail: at an objective of 90 %, 14.4 would wait for 144 %."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: the share of the budget that is spent when it fires, or the factor itself."""

    severity: Severity
    long: Duration
    short: Duration
    share: Fraction | None = None
    factor: Fraction | None = None


WEEK = (
    Row("page", 1 * hours, 5 * minutes, share=Fraction("0.08")),
    Row("page", 6 * hours, 30 * minutes, share=Fraction("0.125")),
    Row("ticket", 1 * days, 2 * hours, share=Fraction("0.2")),
)
MONTH = (
    Row("page", 1 * hours, 5 * minutes, share=Fraction("0.02")),
    Row("page", 6 * hours, 30 * minutes, share=Fraction("0.05")),
    Row("ticket", 1 * days, 2 * hours, share=Fraction("0.1")),
    Row("ticket", 3 * days, 6 * hours, share=Fraction("0.1")),
)
QUARTER = (
    Row("page", 1 * hours, 5 * minutes, factor=Fraction("14.4")),
    Row("page", 6 * hours, 30 * minutes, factor=Fraction(6)),
    Row("ticket", 3 * days, 6 * hours, factor=Fraction(3)),
    Row("ticket", 7 * days, 12 * hours, factor=Fraction("1.3")),
)
TABLE: tuple[tuple[Duration, tuple[Row, ...]], ...] = ((60 * days, QUARTER), (14 * days, MONTH), (0 * days, WEEK))
"""The rows of an SLO window: the first entry that is not longer than it."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A burn-rate alert as it is rendered.

    `note` says aloud where the table had to be changed; `refusal` says why an alert can not be made at all.
    """

    severity: Severity
    factor: Decimal
    long: Duration = field(hash=False)  # pint takes longer to hash a quantity than we to make the tier
    short: Duration = field(hash=False)
    threshold: Decimal
    """Error ratio above which both windows must be."""
    share: Decimal
    """Share of the error budget that is spent when it fires at this burn."""
    note: str = ""
    refusal: str = ""


def tiers(slo: SLO) -> tuple[Tier, ...]:
    """Give the alerts of an SLO: its own, or the rows of the table, repaired where they would be useless."""
    window = exact(slo.window, "second")
    if slo.tiers is None:
        return _from_table(window, slo.goal)
    out = []
    for own in slo.tiers:
        factor = Fraction(str(own.factor))
        out.append(_tier(window, slo.goal, own, factor, refusal=_refusal(slo.goal, factor)))
    return tuple(out)


@cache
def _from_table(window: Decimal, goal: Decimal) -> tuple[Tier, ...]:
    rows = next(rows for least, rows in TABLE if exact(least, "second") <= window)
    return tuple(_from_row(window, goal, row) for row in rows)


def _from_row(window: Decimal, goal: Decimal, row: Row) -> Tier:
    budget = 1 - Fraction(goal)
    asked = row.factor
    if row.share is not None:
        asked = row.share * Fraction(window) / Fraction(exact(row.long, "second"))
    if asked is None:
        msg = "a row has a share or a factor"
        raise ValueError(msg)
    factor, note, refusal = asked, "", ""
    name = f"the {duration_text(row.long)} alert"
    if factor < 1:
        factor = Fraction(1)
        note = f"{name} has factor 1 instead of {_short(asked)}: below 1 it would fire within the budget"
    if factor * budget > INSENSITIVE:
        lowered = INSENSITIVE / budget
        if lowered < 1:
            refusal = (
                f"{name} cannot be made: at an objective of {_short(goal * 100)} % a factor of 1 already needs "
                f"{_short(budget * 100)} % of events to be bad"
            )
        else:
            note = (
                f"{name} has factor {_short(lowered)} instead of {_short(factor)}: {_short(factor)} x "
                f"{_short(budget * 100)} % = {_short(factor * budget * 100)} % of events would have to be bad, now 50 %"
            )
            factor = lowered
    return _tier(window, goal, row, factor, note=note, refusal=refusal)


def _refusal(goal: Decimal, factor: Fraction) -> str:
    budget = 1 - Fraction(goal)
    threshold = factor * budget
    if threshold >= 1:
        return (
            f"{_short(factor)} x {_short(budget * 100)} % = {_short(threshold * 100)} % of events would have to be "
            f"bad: it can never fire"
        )
    if factor < 1:
        return f"a factor of {_short(factor)} fires while the service keeps its objective"
    return ""


def _tier(
    window: Decimal, goal: Decimal, like: Row | BurnTier, factor: Fraction, *, note: str = "", refusal: str = ""
) -> Tier:
    share = factor * Fraction(exact(like.long, "second")) / Fraction(window)
    return Tier(
        severity=like.severity,
        factor=plain(factor),
        long=like.long,
        short=like.short,
        threshold=plain(factor * (1 - Fraction(goal))),
        share=plain(share),
        note=note,
        refusal=refusal,
    )


def _short(number: Fraction | Decimal) -> str:
    return f"{float(number):.4g}"
