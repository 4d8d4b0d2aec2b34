"""An SLO that does not say what it promises.

The description is the first sentence of the SLO in the runbook and on the dashboard: what a good event is, in words.

Flagged:
    SLO(..., description="")
Fine:
    SLO(..., description="A request is good unless we answer 5xx.")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem, Severity
from relrails.slo import SLO


@check("slo/no-description", severity=Severity.WARNING)
def no_description(slo: SLO) -> Iterator[Problem]:
    """Flag empty descriptions."""
    if not slo.description.strip():
        yield Problem(
            what=f"SLO '{slo.name}' does not say what it promises",
            labels=(Label(at(slo, "description"), "empty"),),
            why="whoever is woken by it reads this sentence first",
            fix='say when an event is good: `description="A request is good unless we answer 5xx."`',
        )
