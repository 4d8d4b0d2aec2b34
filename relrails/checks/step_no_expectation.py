"""A step to which every answer is right.

A server that is down behind its proxy answers 502, and a step that expects nothing takes it for success.

Flagged:
    Step(..., expect=())

    Poll(..., until=())

    expect.status()
Fine:
    expect.status(200)

    Poll(..., expect=())
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Poll, Step
from relrails.probe.expect import Status
from relrails.problems import Label, Problem


@check("step/no-expectation")
def no_expectation(step: Step | Poll) -> Iterator[Problem]:
    """Flag steps without an expectation, polls without an end, and a status that is none of any."""
    field = "until" if isinstance(step, Poll) else "expect"
    wanted = step.until if isinstance(step, Poll) else step.expect
    if not wanted:
        yield Problem(
            what=f"step '{step.name}' {'waits for nothing' if field == 'until' else 'expects nothing'}",
            labels=(Label(at(step, field), "every answer would be right"),),
            why="an error page is an answer too, and the journey would succeed while customers see it",
            fix='`until=(expect.json("$.state", equals="ready"),)`'
            if field == "until"
            else "`expect=(expect.status(200),)`, and something that only the right answer has",
        )
    for each in (*step.expect, *(step.until if isinstance(step, Poll) else ())):
        if isinstance(each, Status) and not each.codes:
            yield Problem(
                what=f"step '{step.name}' expects no status at all",
                labels=(Label(at(each, "codes"), "one of none"),),
                why="no answer has one of no statuses, so the step could only fail",
                fix="`expect.status(200)`",
            )
