"""A burn-rate alert that fires although the objective is kept.

A factor of 1 spends the error budget exactly by the end of the window. An alert with a smaller factor calls people for
a service that does what it promised.

Flagged:
    BurnTier(..., severity="ticket", factor=0.5)
Fine:
    BurnTier(..., severity="ticket", factor=1)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import percent_of, short
from relrails.checks._tiers import tiers_of
from relrails.problems import Label, Problem
from relrails.promql import duration_text
from relrails.slo import SLO
from relrails.units import text


@check("slo/tier-within-budget")
def tier_within_budget(slo: SLO) -> Iterator[Problem]:
    """Flag the writer's own tiers with a factor below 1."""
    for own, tier in zip(slo.tiers or (), tiers_of(slo), strict=False):
        if tier.factor < 1:
            yield Problem(
                what=f"the alert over {duration_text(own.long)} of SLO '{slo.name}' fires within the budget",
                labels=(Label(at(own, "factor"), "must be at least 1"),),
                why=f"at a factor of {short(tier.factor)} it calls for {percent_of(tier.threshold)} of bad events, and "
                f"{text(slo.objective)} allows {percent_of(slo.budget)}",
                fix="`factor=1` is the slowest burn that misses the objective",
            )
