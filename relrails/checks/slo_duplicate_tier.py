"""Two burn-rate alerts of one SLO with the same labels.

Severity, long and short window are the labels that tell the alerts of an SLO apart. Of two alerts with the same labels
Prometheus keeps one, and says so only in its log.

Flagged:
    SLO(..., tiers=(BurnTier(..., factor=14.4), BurnTier(..., factor=6)))
Fine:
    SLO(..., tiers=(BurnTier(..., factor=14.4), BurnTier(..., factor=6, long=6 * hours, short=30 * minutes)))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.promql import duration_text
from relrails.slo import SLO, BurnTier


@check("slo/duplicate-tier", waivable=False)
def duplicate_tier(slo: SLO) -> Iterator[Problem]:
    """Flag each of the writer's own tiers whose labels an earlier one has."""
    first: dict[tuple[str, ...], BurnTier] = {}
    for tier in slo.tiers or ():
        if not (known(tier.long) and known(tier.short) and known(tier.severity)):
            continue
        labels = (tier.severity, duration_text(tier.long), duration_text(tier.short))
        if labels not in first:
            first[labels] = tier
            continue
        yield Problem(
            what=f"two {tier.severity}s of SLO '{slo.name}' look at {labels[1]} and {labels[2]}",
            labels=(Label(tier.source.name, "the same again"), Label(first[labels].source.name, "first here")),
            why=f'both alerts would be `{{severity="{tier.severity}",long="{labels[1]}",short="{labels[2]}"}}`, and '
            f"Prometheus drops one of two identical alerts",
            fix="keep the one with the smaller factor, which fires whenever the other does, or change its windows",
        )
