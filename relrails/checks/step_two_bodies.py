"""A request with two bodies.

Flagged:
    post("/orders", json={"item": 1}, form={"item": "1"})
Fine:
    post("/orders", json={"item": 1})
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import listed
from relrails.checks._sound import known
from relrails.probe import Poll, Step
from relrails.problems import Label, Problem


@check("step/two-bodies")
def two_bodies(step: Step | Poll) -> Iterator[Problem]:
    """Flag more than one of JSON, form and body."""
    given = [field for field in ("json", "form", "body") if _given(getattr(step.request, field))]
    if len(given) > 1:
        yield Problem(
            what=f"step '{step.name}' sends {listed(given)} at once",
            labels=tuple(Label(at(step.request, field), "one body" if n else "") for n, field in enumerate(given)),
            why="a request has one body, and which of them is sent would be chance",
            fix=f"leave `{given[1]}` out",
        )


def _given(value: object) -> bool:
    return value is not None and known(value)
