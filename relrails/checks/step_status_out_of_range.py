"""A status that no server sends.

Flagged:
    expect.status(20)

    expect.status(200, 2040)
Fine:
    expect.status(200, 204)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Poll, Step
from relrails.probe.expect import Status
from relrails.problems import Label, Problem


@check("step/status-out-of-range")
def status_out_of_range(step: Step | Poll) -> Iterator[Problem]:
    """Flag statuses that are not of three digits, from 100 to 599."""
    for each in (*step.expect, *(step.until if isinstance(step, Poll) else ())):
        for index, code in enumerate(each.codes if isinstance(each, Status) else ()):
            if not 100 <= code <= 599:
                yield Problem(
                    what=f"step '{step.name}' expects status {code}",
                    labels=(Label(at(each, "codes", index), "from 100 to 599"),),
                    why="no server answers with it, so that the step could only fail",
                    fix="`expect.status(200)`",
                )
