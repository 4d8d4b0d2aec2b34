"""A secret that is written out.

What stands in a service file is in the repository, in generated/ and in the memory of everybody who has cloned it.

Flagged:
    get("/", headers={"Authorization": "Bearer 6f1ed002ab5595859014ebf0951522d9"})

    post("/login", form={"user": "probe", "password": "hunter2"})

    post("/login", json={"client": {"client_secret": "hunter2"}})
Fine:
    get("/", headers={"X-Api-Key": secret("env:PROBE_KEY")})

    post("/login", form={"user": "probe", "password": secret("env:PROBE_PASSWORD")})
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._journey import pieces
from relrails.probe import Poll, Step
from relrails.problems import Label, Problem

_KEY = re.compile(r"authorization|cookie|pass(word|wd|phrase)|secret|token|api[-_]?key|private[-_]?key", re.IGNORECASE)


@check("secret/inline")
def inline(step: Step | Poll) -> Iterator[Problem]:
    """Flag texts under the name of a secret that no placeholder fills; the message does not repeat them."""
    for piece in pieces(step.request):
        filled = not piece.text or piece.placeholders or "Secret(reference=" in piece.text
        if filled or not _KEY.search(piece.key):
            continue
        yield Problem(
            what=f"step '{step.name}' writes its {piece.key} out",
            labels=(Label(piece.place, f"the value of {piece.key}"),),
            why="everybody who has cloned the repository has it, and so has everybody who finds a backup",
            fix='`secret("env:NAME")` or `secret("file:/run/secrets/name")`; and change this one, as it is known',
        )
