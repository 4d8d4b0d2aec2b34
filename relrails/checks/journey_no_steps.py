"""A journey without a step.

It would succeed at every run without having asked anything, or, when all of its steps are not scored, whatever they
answer.

Flagged:
    Journey(..., steps=())

    Journey(..., steps=(Step(..., scored=False),))
Fine:
    Journey(..., steps=(Step(..., name="open"), Step(..., name="look", scored=False)))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem


@check("journey/no-steps")
def no_steps(journey: Journey) -> Iterator[Problem]:
    """Flag journeys that cannot fail."""
    if any(step.scored for step in journey.steps):
        return
    yield Problem(
        what=f"journey '{journey.name}' {'has no step' if not journey.steps else 'has no step that is scored'}",
        labels=(Label(at(journey, "steps"), "nothing here can fail"),),
        why="every run would succeed, and the objective would be met while customers cannot do a thing",
        fix="add the step that a customer would miss first" if not journey.steps else "leave `scored=False` out of one",
    )
