"""A single failed run that calls somebody.

At 0.5 % noise, which every network has, a journey that runs once a minute fails 210 times a month by chance. Three of
five calls somebody 0.1 times a month by chance, and 2.5 minutes into an outage.

Flagged:
    Journey(..., page=Page(failures=1, of=5))

    Journey(..., page=Page(failures=0, of=5))
Fine:
    Journey(..., page=Page(failures=2, of=2))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem
from relrails.units import exact


@check("journey/single-failure-pages")
def single_failure_pages(journey: Journey) -> Iterator[Problem]:
    """Flag policies that one run can fulfil."""
    if journey.page.failures >= 2:
        return
    runs = 30 * 24 * 60 / float(exact(journey.every, "minute"))
    yield Problem(
        what=f"one failed run of '{journey.name}' alone would call somebody",
        labels=(Label(at(journey.page, "failures"), "must be at least 2"),),
        why=f"of {runs:,.0f} runs in 30 d some {runs * NOISE:,.0f} fail by chance where 1 request in 200 is lost",
        fix="`Page(failures=3, of=5)` waits for two more runs, and lets nothing through that lasts",
    )


NOISE = 0.005
"""The share of requests that fail for no reason: what the paging policies are measured at."""
