"""An objective that promises nothing.

An objective is the share of events that must be good. At zero or below every event may be bad, so the error budget is
all of them and no alert can ever fire.

Flagged:
    SLO(..., objective=0 * percent)

    SLO(..., objective=-5 * percent)

    Journey(..., objective=0 * percent)
Fine:
    SLO(..., objective=99 * percent)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.slo import SLO
from relrails.units import text


@check("slo/objective-out-of-range")
def objective_out_of_range(slo: SLO) -> Iterator[Problem]:
    """Flag objectives of nothing and less."""
    if slo.goal <= 0:
        yield Problem(
            what=f"SLO '{slo.name}' promises {text(slo.objective)} good events",
            labels=(Label(at(slo, "objective"), "must be above 0 %"),),
            why="the error budget would be every event or more, so the budget is never spent and no alert can fire",
            fix="`99.9 * percent` is the share that must be good, not the share that may fail",
        )
