"""A single failure that calls somebody.

At night ten requests come in an hour, one fails, and the error ratio is 10 %: more than any burn-rate alert waits for.
The least number of bad events is what keeps a person asleep.

Flagged:
    SLO(..., minimum_bad_events=1)

    SLO(..., minimum_bad_events=0)
Fine:
    SLO(..., minimum_bad_events=2)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import percent_of
from relrails.checks._tiers import tiers_of
from relrails.problems import Label, Problem
from relrails.promql import duration_text
from relrails.slo import SLO


@check("slo/single-failure-pages")
def single_failure_pages(slo: SLO) -> Iterator[Problem]:
    """Flag guards that let one event through, with the traffic below which it does."""
    fired = [t for t in tiers_of(slo) if t.threshold > 0]
    if slo.minimum_bad_events >= 2 or not fired:
        return
    tier = min(fired, key=lambda t: t.threshold)
    events = int(1 / tier.threshold)
    yield Problem(
        what=f"one bad event alone can call somebody for SLO '{slo.name}'",
        labels=(Label(at(slo, "minimum_bad_events"), "must be at least 2"),),
        why=f"1 of {events:,} {slo.sli.events} in {duration_text(tier.long)} is already above the "
        f"{percent_of(tier.threshold)} at which the {tier.severity} fires",
        fix="`minimum_bad_events=5`; `2` where events are as rare as one a day",
    )
