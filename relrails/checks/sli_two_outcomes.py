"""A correctness SLI that names bad outcomes and good ones.

What is neither the one nor the other would be counted by nobody, or by both. With `good` everything else is bad; with
`bad` everything else is good.

Flagged:
    sli.Correctness(total=jobs, bad=jobs.where(outcome="lost"), good=jobs.where(outcome="ready"))
Fine:
    sli.Correctness(total=jobs, good=jobs.where(outcome="ready"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.sli import Correctness
from relrails.slo import SLO


@check("sli/two-outcomes")
def two_outcomes(slo: SLO) -> Iterator[Problem]:
    """Flag correctness with both."""
    sli = slo.sli
    if isinstance(sli, Correctness) and all(known(part) and part is not None for part in (sli.bad, sli.good)):
        yield Problem(
            what=f"SLO '{slo.name}' names both the bad outcomes and the good ones",
            labels=(Label(at(sli, "good"), "good"), Label(at(sli, "bad"), "bad")),
            why="an outcome that is neither has to be one of them; only `bad` would be read, the rest taken as good",
            fix="keep `good`: then a job that ended in no known way is bad",
        )
