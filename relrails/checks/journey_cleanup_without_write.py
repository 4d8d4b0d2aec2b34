"""A step that cleans up where nothing was written.

An `always` step runs whatever happened before it. Without a step that writes there is nothing to put away; more likely
that step lacks its `writes=True`, and could be sent twice.

Flagged:
    Journey(..., steps=(Step(...), Step(..., name="undo", request=delete("/carts/1"), always=True)))
Fine:
    Journey(..., steps=(Step(..., request=post("/carts"), writes=True), Step(..., name="undo", always=True)))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem


@check("journey/cleanup-without-write")
def cleanup_without_write(journey: Journey) -> Iterator[Problem]:
    """Flag clean-up steps with no step before them that writes."""
    for index, step in enumerate(journey.steps):
        if not step.always or any(s.writes for s in journey.steps[:index]):
            continue
        yield Problem(
            what=f"step '{step.name}' of '{journey.name}' cleans up, and nothing before it writes",
            labels=(Label(at(step, "always"), "runs whatever happened"),),
            why="a step that is not marked with `writes` may be sent twice, and one of the two is never put away",
            fix="mark the step that it cleans up after with `writes=True`, or leave `always` out",
        )
