"""A page that waits for more failures than there are runs.

Flagged:
    Journey(..., page=Page(failures=4, of=3))
Fine:
    Journey(..., page=Page(failures=3, of=3))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem


@check("journey/page-impossible")
def page_impossible(journey: Journey) -> Iterator[Problem]:
    """Flag policies that no outage can fulfil."""
    page = journey.page
    if page.failures <= page.of:
        return
    yield Problem(
        what=f"the page of '{journey.name}' can never come",
        labels=(
            Label(at(page, "failures"), "more failures than"),
            Label(at(page, "of"), "the runs that are looked at"),
        ),
        why="of so few runs so many cannot fail, so a total outage would call nobody",
        fix=f"`Page(failures={page.of}, of={page.failures})`" if page.of >= 2 else "`Page(failures=3, of=5)`",
    )
