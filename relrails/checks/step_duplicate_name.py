"""Two steps of one journey with the same name.

A page names the step that failed, and its series carry the name as a label: two of one name are one.

Flagged:
    Journey(..., steps=(Step(..., name="open"), Step(..., name="open")))
Fine:
    Journey(..., steps=(Step(..., name="open"), Step(..., name="look")))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.probe import Journey, Poll, Step
from relrails.problems import Label, Problem


@check("step/duplicate-name", waivable=False)
def duplicate_name(journey: Journey) -> Iterator[Problem]:
    """Flag each step whose name an earlier one has."""
    first: dict[str, Step | Poll] = {}
    for step in (s for s in journey.steps if known(s.name)):
        earlier = first.setdefault(step.name, step)
        if earlier is step and sum(s is step for s in journey.steps) == 1:
            continue
        labels = (Label(at(step, "name"), "named again here"), Label(at(earlier, "name"), "first named here"))
        if step.source is earlier.source:
            labels = (Label(at(journey, "steps"), "listed twice"), Label(at(step, "name"), "this one"))
        yield Problem(
            what=f"two steps of '{journey.name}' are named '{step.name}'",
            labels=labels,
            why="the page names the step that failed, and nobody could tell which of the two it was",
            fix="name this one after what it does",
        )
        if step.source is earlier.source:
            return
