"""A latency budget that no run can break.

A run that takes longer than its timeout has failed; it is not counted as slow.

Flagged:
    Journey(..., timeout=10 * seconds, latency=12 * seconds)

    Journey(..., timeout=10 * seconds, latency=10 * seconds)
Fine:
    Journey(..., timeout=10 * seconds, latency=2 * seconds)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem
from relrails.units import exact, text


@check("journey/latency-exceeds-timeout")
def latency_exceeds_timeout(journey: Journey) -> Iterator[Problem]:
    """Flag budgets at the timeout and above."""
    if exact(journey.latency, "second") < exact(journey.timeout, "second"):
        return
    yield Problem(
        what=f"no run of '{journey.name}' can be slower than its latency budget",
        labels=(
            Label(at(journey, "latency"), "must be below the timeout"),
            Label(at(journey, "timeout"), f"a run is over after {text(journey.timeout)}"),
        ),
        why="runs that take longer fail and are not measured, so the ticket for slow ones could never come",
        fix="write within which time 95 of 100 runs should be done",
    )
