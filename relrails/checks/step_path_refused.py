"""A path that could lead away from its target.

The path is put behind the origin of the target. Without a slash between them `@elsewhere.example.com` would be another
host.

Flagged:
    get("@elsewhere.example.com/")

    get("https://shop.example.com/orders")

    get("/orders?open=1")
Fine:
    get("/orders", query={"open": "1"})
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Poll, Step
from relrails.problems import Label, Problem


@check("step/path-refused", waivable=False)
def path_refused(step: Step | Poll) -> Iterator[Problem]:
    """Flag paths without a slash in front, and those with a query, a fragment or a character that ends a line."""
    path = step.request.path
    fault = None
    if not path.startswith("/") or path.startswith("//"):
        fault = "must begin with one `/`"
    elif "?" in path or "#" in path:
        fault = "has a query" if "?" in path else "has a fragment"
    elif not path.isprintable() or "\\" in path:
        fault = "has a character that ends a path"
    if fault is not None:
        yield Problem(
            what=f"the path {path!r} of step '{step.name}' cannot be asked for",
            labels=(Label(at(step.request, "path", 0), fault),),
            why="it is put behind the target's origin, and the request would go somewhere else",
            fix='the host is the `target`, the query `query={"name": "value"}`, and the path begins with `/`',
        )
