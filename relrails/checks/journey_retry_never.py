"""A retry policy under which nothing is ever tried again.

Only a name that is not found and a connection that is refused can be tried again, since nothing was sent then; and
never after a step that writes, since nobody knows what it has done.

Flagged:
    Retry(..., attempts=0)

    Retry(..., on=())

    Retry(..., budget=0 * percent)

    Journey(..., retry=Retry(...), steps=(Step(..., writes=True), Step(..., name="undo", always=True)))
Fine:
    Retry(..., on=("dns",), attempts=1)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem
from relrails.units import exact


@check("journey/retry-never")
def retry_never(journey: Journey) -> Iterator[Problem]:
    """Flag policies of nothing, and those of journeys that write at once."""
    retry = journey.retry
    if retry is None:
        return
    for field, never in (
        ("attempts", retry.attempts < 1),
        ("on", not retry.on),
        ("budget", exact(retry.budget, "ratio") <= 0),
    ):
        if never:
            yield Problem(
                what=f"the retry policy of '{journey.name}' never tries again",
                labels=(Label(at(retry, field), "nothing is tried again"),),
                why="whoever reads it believes that a lost connection does not count, and it does",
                fix='`Retry(on=("dns", "connect"), attempts=1, budget=10 * percent)`, or leave `retry` out',
            )
    if journey.steps and journey.steps[0].writes:
        yield Problem(
            what=f"journey '{journey.name}' writes in its first step, so nothing of it may be tried again",
            labels=(
                Label(at(journey, "retry"), "can never be used"),
                Label(at(journey.steps[0], "writes"), "nothing is sent twice from here on"),
            ),
            why="nobody knows what a request that was lost has written, so it is not sent again",
            fix="leave `retry` out",
        )
