"""A secret that becomes part of a text.

Paths and queries are in the log of every server and proxy on the way: what a step keeps with `sensitive=True` does not
belong there. And a secret in an f-string is not the secret: it is read when it is sent, as a value of its own.

Flagged:
    get("/", headers={"Authorization": f"Bearer {secret('env:PROBE_KEY')}"})

    Journey(
        ...,
        steps=(
            Step(..., request=post("/login"), extract=(extract("$.token", to="token", sensitive=True),)),
            Step(..., name="look", request=get("/orders", query={"token": "{token}"})),
        ),
    )
Fine:
    Journey(
        ...,
        steps=(
            Step(..., request=post("/login"), extract=(extract("$.token", to="token", sensitive=True),)),
            Step(..., name="look", request=get("/orders", headers={"Authorization": "Bearer {token}"})),
        ),
    )
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._journey import pieces, sensitive
from relrails.probe import Journey
from relrails.problems import Label, Problem


@check("secret/in-text", waivable=False)
def in_text(journey: Journey) -> Iterator[Problem]:
    """Flag what must not be seen in paths and queries, and secrets that were made into text."""
    hidden = sensitive(journey)
    for step in journey.steps:
        for piece in pieces(step.request):
            seen = sorted(hidden & set(piece.placeholders)) if piece.field in {"path", "query"} else []
            if seen:
                yield Problem(
                    what=f"a secret stands in the {piece.field} of step '{step.name}'",
                    labels=(Label(piece.place, f"{{{seen[0]}}} would be seen here"),),
                    why="it would be in the log of every server and proxy on the way",
                    fix="send it in a header, in a field of a form or in a value of JSON",
                )
            elif "Secret(reference=" in piece.text:
                yield Problem(
                    what=f"a secret is made into text in step '{step.name}'",
                    labels=(Label(piece.place, "only its reference"),),
                    why="a secret is read when it is sent; in a text its reference is sent in its place",
                    fix='let it be the whole value, `"X-Api-Key": secret("env:NAME")`; where the service wants words '
                    "before it, they belong to what is kept there",
                )
