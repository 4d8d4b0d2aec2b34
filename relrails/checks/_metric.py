"""A metric of another kind, in the words of a message."""

from relrails.checks._fields import Misfit
from relrails.checks._misfit import shown, suggestion
from relrails.checks._place import at
from relrails.metric import Metric
from relrails.problems import Label, Problem


def other_kind(misfit: Misfit, kind: str, why: str) -> Problem:
    """Tell that a metric is of another kind than its field takes."""
    value = misfit.value
    if isinstance(value, Metric):
        now = type(value).__name__
        return Problem(
            what=f"{misfit.name} is {value.name}, a {now.lower()}",
            labels=(Label(misfit.span, f"not a {kind}"), Label(at(value, "name", 0), f"declared a {now.lower()}")),
            why=why,
            fix=f"read a {kind} here; if the exporter says that it is one, declare it as `metric.{kind.title()}`",
        )
    named = isinstance(value, str) and value.isidentifier()
    return Problem(
        what=f"{misfit.name} is {shown(value)}, not a {kind}",
        labels=(Label(misfit.span, f"not a {kind}"),),
        why=why,
        fix=f'write `metric.{kind.title()}("{value}")`' if named else f"write, for example, `{suggestion(misfit)}`",
    )
