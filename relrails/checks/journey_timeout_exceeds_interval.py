"""A run that may still be on its way when the next one is due.

A run that is due while the last one is going is skipped, and skipped runs are runs that nobody sees. Blackbox is asked
by a scrape, which may not take longer than its interval; a second is what the way there and back may take.

Flagged:
    Journey(..., every=30 * seconds, timeout=45 * seconds)

    Journey(..., every=30 * seconds, timeout=30 * seconds)
Fine:
    Journey(..., every=30 * seconds, timeout=29 * seconds)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem
from relrails.units import exact, text


@check("journey/timeout-exceeds-interval")
def timeout_exceeds_interval(journey: Journey) -> Iterator[Problem]:
    """Flag timeouts above the interval less a second."""
    every, timeout = exact(journey.every, "second"), exact(journey.timeout, "second")
    if timeout <= every - 1:
        return
    lower = f"`timeout={every - 1} * seconds` at most" if every > 1 else "run it less often"
    yield Problem(
        what=f"a run of '{journey.name}' may still be going when the next one is due",
        labels=(
            Label(at(journey, "timeout"), f"must end a second before the next one, so at most {every - 1} s"),
            Label(at(journey, "every"), f"the {text(journey.every)} between two runs"),
        ),
        why="the next run would be skipped, and what nobody runs nobody sees fail; Prometheus refuses a whole "
        "configuration in which a scrape may take longer than its interval",
        fix=f"lower it: {lower}" if every > 1 else lower,
    )
