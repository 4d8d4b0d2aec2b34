"""A burn-rate alert that had to be changed to be of use.

The table of the SRE workbook fits an objective near 99.9 % over 30 days. Over other windows some factors come out below
1, where an alert fires within the budget: they are raised to 1. At low objectives some alerts would wait for nearly
everything to fail: their factor is lowered until half of the events are enough. Nothing has to be done; it is said so
that nobody is surprised by the number in the alert.

Flagged:
    SLO(..., window=28 * days)

    SLO(..., objective=95 * percent)
Fine:
    SLO(..., window=30 * days)

    SLO(..., objective=95 * percent, tiers=(BurnTier(..., factor=10), BurnTier(..., severity="ticket", factor=3)))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import percent_of, short
from relrails.checks._tiers import tiers_of
from relrails.problems import Label, Problem, Severity
from relrails.promql import duration_text
from relrails.slo import SLO
from relrails.units import text


@check("slo/tier-repaired", severity=Severity.NOTE)
def tier_repaired(slo: SLO) -> Iterator[Problem]:
    """Say which factors are not those of the table, and by what arithmetic."""
    for tier in tiers_of(slo):
        if not tier.note:
            continue
        raised = tier.factor == 1
        yield Problem(
            what=f"SLO '{slo.name}': {tier.note}",
            labels=(
                Label(at(slo, "window"), f"over {text(slo.window)}")
                if raised
                else Label(at(slo, "objective"), f"leaves a budget of {percent_of(slo.budget)}"),
            ),
            why=f"it now fires after {percent_of(tier.share)} of the budget: "
            f"{short(tier.factor)} x {duration_text(tier.long)} / {duration_text(slo.window)}",
            fix="nothing to do; `tiers=(BurnTier(...),)` replaces the whole table where other numbers are wanted",
        )
