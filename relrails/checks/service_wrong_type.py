"""A value of another type than its field takes.

A type checker finds these before anything runs (`mypy services`). relrails checks them again, because a text where a
number is meant would be written into a rule as it is.

Flagged:
    SLO(..., by="region")

    SLO(..., description=None)

    SLO(..., minimum_bad_events=2.5)

    BurnTier(..., severity="critical")

    SLO(..., window="30d")

    Service(..., slos=[availability])

    Service(..., slos=(availability, "latency"))

    SLO(..., sli=sli.Availability)

    Service(..., error_budget=25 * percent)
Fine:
    SLO(..., by=("region",))

    Service(..., slos=(availability,))
"""

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from relrails.checks import check
from relrails.checks._fields import Kind, Misfit
from relrails.checks._misfit import shown, suggestion, wanted
from relrails.checks._secrets import misplaced
from relrails.loader.near import near
from relrails.metric import Metric
from relrails.probe import Request
from relrails.problems import Label, Problem


@check("service/wrong-type", waivable=False)
def wrong_type(misfit: Misfit) -> Iterator[Problem]:
    """Flag every value of another type, but metrics of another kind and secrets, which have codes of their own."""
    if misfit.kind is not Kind.TYPE or any(isinstance(c, type) and issubclass(c, Metric) for c in misfit.classes):
        return
    if isinstance(misfit.owner, Request) and misplaced(misfit):
        return
    yield Problem(
        what=f"{misfit.name} is {shown(misfit.value)}, not {wanted(misfit)}",
        labels=(Label(misfit.span, f"not {wanted(misfit)}"),),
        why="what is rendered from it would not be what its writer means",
        fix=_fix(misfit),
    )


def _fix(misfit: Misfit) -> str:
    many = any(get_origin(c) is tuple for c in misfit.classes)
    words = [word for c in misfit.classes if get_origin(c) is Literal for word in get_args(c)]
    if many and isinstance(misfit.value, str):
        return f'a comma makes it a tuple: `{misfit.field}=("{misfit.value}",)`'
    if many and isinstance(misfit.value, list):
        return "write round brackets instead of square ones, with a comma behind a single item"
    if many and not isinstance(misfit.value, tuple) and misfit.value is not None:
        return f"a comma behind a single item makes it a tuple: `{misfit.field}=(...,)`"
    if words:
        return f"write `{misfit.field}={near(str(misfit.value), words) or words[0]!r}`".replace("'", '"')
    if isinstance(misfit.value, type):
        return f"call it: `{misfit.value.__name__}(...)`"
    if misfit.index is not None:
        return f"leave the item out, or make it {wanted(misfit)}"
    return f"write, for example, `{misfit.field}={suggestion(misfit)}`"
