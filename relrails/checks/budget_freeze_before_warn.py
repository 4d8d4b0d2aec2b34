"""A gate that freezes releases before it has warned.

Both limits are the error budget that is left, so the larger one is reached first.

Flagged:
    ErrorBudgetPolicy(warn_below=10 * percent, freeze_below=25 * percent)
Fine:
    ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=10 * percent)

    ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=25 * percent)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.units import exact, text


@check("budget/freeze-before-warn")
def freeze_before_warn(service: Service) -> Iterator[Problem]:
    """Flag policies whose freeze comes first."""
    policy = service.error_budget
    if exact(policy.freeze_below, "ratio") <= exact(policy.warn_below, "ratio"):
        return
    warn, freeze = text(policy.warn_below), text(policy.freeze_below)
    yield Problem(
        what="the gate would freeze releases before it warns",
        labels=(
            Label(at(policy, "freeze_below"), f"freezes at {freeze} left"),
            Label(at(policy, "warn_below"), f"warns at {warn} left"),
        ),
        why="both are the error budget that is left, so the larger one is reached first",
        fix=f"swap them: `warn_below={_code(freeze)}, freeze_below={_code(warn)}`",
    )


def _code(written: str) -> str:
    return written.replace(" %", " * percent") if " %" in written else f"{written} * ratio"
