"""A correctness SLI that does not say which outcomes are bad.

Flagged:
    sli.Correctness(total=jobs)
Fine:
    sli.Correctness(total=jobs, bad=jobs.where(outcome="lost"))

    sli.Correctness(total=jobs, good=jobs.where(outcome="ready"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.problems import Label, Problem
from relrails.sli import Correctness
from relrails.slo import SLO


@check("sli/no-outcome")
def no_outcome(slo: SLO) -> Iterator[Problem]:
    """Flag correctness without `bad` and without `good`."""
    if isinstance(slo.sli, Correctness) and slo.sli.bad is None and slo.sli.good is None:
        yield Problem(
            what=f"SLO '{slo.name}' does not say which outcomes are bad",
            labels=(Label(slo.sli.source.name, "has neither `bad` nor `good`"),),
            why="with the total alone there is nothing to divide",
            fix='add `good=jobs.where(outcome="ready")`, or `bad=...` where the exporter names what failed',
        )
