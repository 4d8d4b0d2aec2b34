"""A secret in a field that takes none.

Paths and queries are in the log of every server and proxy on the way. Secrets go into headers, into the fields of a
form and into the values of JSON.

Flagged:
    get("/orders", query={"key": secret("env:PROBE_KEY")})

    post("/login", body=secret("env:PROBE_LOGIN"))
Fine:
    get("/orders", headers={"X-Api-Key": secret("env:PROBE_KEY")})

    post("/login", json={"password": secret("env:PROBE_PASSWORD")})
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._fields import Misfit
from relrails.checks._secrets import misplaced
from relrails.probe import Request
from relrails.problems import Label, Problem


@check("secret/out-of-place", waivable=False)
def out_of_place(misfit: Misfit) -> Iterator[Problem]:
    """Flag secrets in the path, the query and the body of a request."""
    if isinstance(misfit.owner, Request) and misplaced(misfit):
        yield Problem(
            what=f"a secret stands in the {misfit.field} of a request",
            labels=(Label(misfit.span, "takes no secret"),),
            why="a body is sent as it stands, and this one is no text"
            if misfit.field == "body"
            else "it would be in the log of every server and proxy on the way",
            fix="send it in a header, in a field of a form or in a value of JSON",
        )
