"""A burn-rate alert that can never fire.

An alert fires when the error ratio is above factor x error budget. Where that is 100 % or more, no outage is large
enough: at an objective of 90 %, a factor of 14.4 would wait for 144 % of the requests to fail.

Flagged:
    SLO(..., objective=90 * percent, tiers=(BurnTier(..., factor=14.4),))

    SLO(..., objective=40 * percent)
Fine:
    SLO(..., objective=90 * percent, tiers=(BurnTier(..., factor=5),))
"""

from collections.abc import Iterator
from fractions import Fraction

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import listed, percent_of, short
from relrails.checks._tiers import tiers_of
from relrails.problems import Label, Problem
from relrails.promql import duration_text
from relrails.rules.burn_windows import INSENSITIVE
from relrails.slo import SLO
from relrails.units import text


@check("slo/unreachable-tier")
def unreachable_tier(slo: SLO) -> Iterator[Problem]:
    """Flag tiers that were refused, the writer's own one by one."""
    refused = [(i, t) for i, t in enumerate(tiers_of(slo)) if t.refusal and t.factor >= 1]
    if slo.tiers is None and refused:
        windows = listed(duration_text(t.long) for _, t in refused)
        yield Problem(
            what=f"SLO '{slo.name}' cannot have the alert{'s' * (len(refused) > 1)} over {windows}",
            labels=(Label(at(slo, "objective"), f"leaves a budget of {percent_of(slo.budget)}"),),
            why=f"already a factor of 1 needs {percent_of(slo.budget)} of events to be bad, and below 1 an alert "
            f"fires within the budget",
            fix="promise more than 50 %: at `90 * percent` the page fires when half of the events are bad",
        )
        return
    for index, tier in refused:
        own = (slo.tiers or ())[index]
        yield Problem(
            what=f"the alert over {duration_text(own.long)} of SLO '{slo.name}' can never fire",
            labels=(
                Label(at(own, "factor"), f"x {percent_of(slo.budget)} = {percent_of(tier.threshold)}"),
                Label(at(slo, "objective"), f"leaves a budget of {percent_of(slo.budget)}"),
            ),
            why=f"a factor of {short(tier.factor)} at {text(slo.objective)} waits for {percent_of(tier.threshold)} of "
            f"the events to be bad",
            fix=f"`factor={short(INSENSITIVE / Fraction(slo.budget))}` fires when half of them are",
        )
