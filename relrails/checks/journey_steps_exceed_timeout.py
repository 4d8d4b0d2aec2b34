"""Steps that together may take longer than the run.

When the run is over before a step is, the step is blamed for a time that others have used, and the clean-up behind it
has none left.

Flagged:
    Journey(..., timeout=5 * seconds, steps=(Step(..., name="open"), Step(..., name="look")))
Fine:
    Journey(..., timeout=6 * seconds, steps=(Step(..., name="open"), Step(..., name="look")))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem
from relrails.units import exact, text


@check("journey/steps-exceed-timeout")
def steps_exceed_timeout(journey: Journey) -> Iterator[Problem]:
    """Flag runs that are shorter than the sum of their steps' timeouts."""
    needed = sum(exact(step.timeout, "second") for step in journey.steps)
    if needed <= exact(journey.timeout, "second"):
        return
    longest = max(journey.steps, key=lambda s: exact(s.timeout, "second"))
    yield Problem(
        what=f"the steps of '{journey.name}' may take {needed} s, its runs only {text(journey.timeout)}",
        labels=(
            Label(at(journey, "timeout"), f"below the {needed} s of its {len(journey.steps)} steps"),
            Label(at(longest, "timeout"), "the longest"),
        ),
        why="the last step would be cut off and blamed, though an earlier one was slow",
        fix=f"`timeout={needed} * seconds`, or less for the steps",
    )
