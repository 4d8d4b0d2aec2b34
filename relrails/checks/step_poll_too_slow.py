"""A poll that asks only once.

Flagged:
    Poll(..., every=5 * seconds, timeout=3 * seconds)

    Poll(..., every=3 * seconds, timeout=3 * seconds)
Fine:
    Poll(..., every=1 * seconds, timeout=3 * seconds)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Poll, Step
from relrails.problems import Label, Problem
from relrails.units import exact, text


@check("step/poll-too-slow")
def poll_too_slow(step: Step | Poll) -> Iterator[Problem]:
    """Flag polls whose second question would come after their end."""
    if not isinstance(step, Poll) or exact(step.every, "second") < exact(step.timeout, "second"):
        return
    yield Problem(
        what=f"step '{step.name}' would ask once and give up",
        labels=(
            Label(at(step, "every"), "the second question would come after"),
            Label(at(step, "timeout"), f"the end, after {text(step.timeout)}"),
        ),
        why="what is not ready at the first moment never is, and the journey would fail for no fault of the service",
        fix="ask more often, or wait longer",
    )
