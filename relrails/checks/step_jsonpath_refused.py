"""A JSONPath that cannot be read.

Paths are as RFC 9535 has them: they begin with `$`, and go on with `.name`, `[0]`, `[*]` or `['odd name']`.

Flagged:
    expect.json("state", equals="ready")

    expect.json("$.events[0")

    extract("$.access token", to="token")
Fine:
    expect.json("$.events[?@.kind == 'login'].id")

    extract("$.items[0]['access token']", to="token")
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Extract, Poll, Step
from relrails.probe.expect import Json
from relrails.problems import Label, Problem

_PLAIN = re.compile(r"""\$(\.\.?[A-Za-z_][A-Za-z0-9_]*|\[(\*|-?\d+|'[^'\\]*'|"[^"\\]*")\])*""")
"""What nearly every path is; the library, which takes its time to load, is asked about the others."""


@check("step/jsonpath-refused", waivable=False)
def jsonpath_refused(step: Step | Poll) -> Iterator[Problem]:
    """Flag paths that RFC 9535 does not have."""
    expectations = (*step.expect, *(step.until if isinstance(step, Poll) else ()))
    found: list[Json | Extract] = [*(e for e in expectations if isinstance(e, Json)), *step.extract]
    for each in found:
        fault = _fault(each.path)
        if fault is not None:
            yield Problem(
                what=f"the JSONPath {each.path!r} of step '{step.name}' cannot be read",
                labels=(Label(at(each, "path", 0), fault),),
                why="the step could only fail, at every run",
                fix='begin with `$`, then names and indices: `"$.events[0].id"`',
            )


def _fault(path: str) -> str | None:
    if _PLAIN.fullmatch(path):
        return None
    if not path.startswith("$"):
        return "must begin with `$`"
    from jsonpath import JSONPathError, compile  # noqa: A004 - its own name for it

    try:
        compile(path)
    except JSONPathError as error:
        return str(error).partition("\n")[0]
    return None
