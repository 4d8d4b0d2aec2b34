"""A step that writes, with nothing to clean up after it.

A journey that runs once a minute leaves 43,200 orders in a month. They cost money, and they end up in every report.

Flagged:
    Journey(..., steps=(Step(..., request=post("/carts"), writes=True),))
Fine:
    Journey(..., steps=(Step(..., request=post("/carts"), writes=True), Step(..., name="undo", always=True)))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem, Severity
from relrails.units import exact


@check("journey/write-without-cleanup", severity=Severity.WARNING)
def write_without_cleanup(journey: Journey) -> Iterator[Problem]:
    """Flag steps that write with no clean-up step behind them."""
    for index, step in enumerate(journey.steps):
        if not step.writes or any(s.always for s in journey.steps[index:]):
            continue
        runs = int(30 * 86400 / exact(journey.every, "second"))
        yield Problem(
            what=f"what step '{step.name}' of '{journey.name}' writes is never put away",
            labels=(Label(at(step, "writes"), f"{runs:,} times in 30 d"),),
            why="what probes leave behind fills the service, its bills and its reports",
            fix=f"add a last step that removes it, with `always=True`; where it expires by itself, say so: `{ALLOW}`",
        )


ALLOW = "# relrails: allow journey/write-without-cleanup until ..., because ..."
