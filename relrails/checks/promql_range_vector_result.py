"""PromQL that gives something else than numbers with labels.

Rules need an instant vector. A range vector (`x[5m]`) or a text parses, `promtool check rules` takes it, and every
evaluation fails. A plain number has no labels, and would be the same event rate for every group.

Flagged:
    promql("errors_total[$window]")

    promql('"errors"')

    promql("time()")
Fine:
    promql("rate(errors_total[$window])")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import result
from relrails.checks._literal import inside
from relrails.checks._use import Written
from relrails.problems import Label, Problem

_TYPES = {"matrix": "a range vector", "string": "a text", "scalar": "a number without labels"}


@check("promql/range-vector-result", waivable=False)
def range_vector_result(written: Written) -> Iterator[Problem]:
    """Flag expressions whose result is no instant vector."""
    found = result(written.promql.text)
    if found in _TYPES:
        text = written.promql.text
        yield Problem(
            what=f"`{written.field}` of SLO '{written.slo.name}' gives {_TYPES[found]}",
            labels=(Label(inside(written.promql, 0, len(text)), f"{_TYPES[found]}, not an instant vector"),),
            why="promtool takes it for a rule, but every evaluation fails: nothing is recorded, and nothing alerts",
            fix=f"events per second are meant: `rate({text.strip()})`"
            if found == "matrix"
            else "events per second are meant: `rate(errors_total[$window])`",
        )
