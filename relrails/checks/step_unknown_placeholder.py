"""A name in brackets that nothing has filled by then.

`{name}` is replaced by what an earlier step kept with `extract`, or by `{run_id}`. What is not filled would be sent as
it stands, or stop every run at this step.

Flagged:
    get("/orders/{order_id}")

    Journey(
        ...,
        steps=(
            Step(..., request=get("/orders/{order_id}")),
            Step(..., name="make", request=post("/orders"), extract=(extract("$.id", to="order_id"),)),
        ),
    )

    get("/", headers={"Authorization": "Bearer {tokn}"})
Fine:
    Journey(
        ...,
        steps=(
            Step(..., request=post("/orders", json={"key": "{run_id}"}), extract=(extract("$.id", to="order_id"),)),
            Step(..., name="look", request=get("/orders/{order_id}")),
        ),
    )
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._journey import RUN_ID, Piece, pieces
from relrails.checks._place import at
from relrails.loader.near import near
from relrails.probe import Journey, Poll, Step
from relrails.problems import Label, Problem


@check("step/unknown-placeholder")
def unknown_placeholder(journey: Journey) -> Iterator[Problem]:
    """Flag names that no step keeps, and those that only a later one does."""
    kept: dict[str, Step | Poll] = {}
    for step in reversed(journey.steps):
        kept |= {e.name: step for e in step.extract}
    there = {RUN_ID}
    for step in journey.steps:
        for piece in pieces(step.request):
            for name in piece.placeholders:
                if name not in there:
                    yield _problem(journey, step, piece, name, kept)
        there |= {e.name for e in step.extract}


def _problem(journey: Journey, step: Step | Poll, piece: Piece, name: str, kept: "dict[str, Step | Poll]") -> Problem:
    later = kept.get(name)
    close = near(name, (RUN_ID, *kept))
    before = (
        (Label(next(at(e, "to") for e in later.extract if e.name == name), f"kept by '{later.name}'"),) if later else ()
    )
    fix = f"write `{{{close}}}`" if close else f'keep it in an earlier step: `extract("$.{name}", to="{name}")`'
    return Problem(
        what=f"step '{step.name}' of '{journey.name}' names {{{name}}}, which "
        + (f"only '{later.name}' keeps" if later else "no step keeps"),
        labels=(Label(piece.place, f"{{{name}}} is empty here"), *before),
        why="the service would be asked for something that does not exist, and the journey would always fail",
        fix="a step can use what an earlier one has kept: change the order" if later else fix,
    )
