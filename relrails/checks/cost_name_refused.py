"""A budget's name that cannot be a file, a label and a link at once, or that another budget of the service has.

The name becomes part of a file name, a rule group and a label value.

Flagged:
    budget.QueueDepth(..., name="Export Queue")

    budget.QueueDepth(..., name="../queue")

    Service(..., budgets=(budget.QueueDepth(..., name="queue"), budget.QueueDepth(..., name="queue")))
Fine:
    budget.QueueDepth(..., name="export-queue")
"""

from collections.abc import Iterator

from relrails.budget import Budget
from relrails.checks import check
from relrails.checks._names import refusal, suggested
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.problems import Label, Problem
from relrails.service import Service


@check("cost/name-refused", waivable=False)
def name_refused(service: Service) -> Iterator[Problem]:
    """Flag names with other characters, those that are too long, and those that are taken."""
    first: dict[str, Budget] = {}
    for budget in service.budgets:
        if not known(budget.name):
            continue
        found = refusal(budget.name)
        if found is not None:
            yield Problem(
                what=f"budget name {budget.name!r} cannot be used",
                labels=(Label(at(budget, "name"), found[0]),),
                why=found[1],
                fix=f'write `name="{suggested(budget.name, "export-queue")}"`',
            )
        elif first.setdefault(budget.name, budget) is not budget:
            yield Problem(
                what=f"two budgets are named '{budget.name}'",
                labels=(
                    Label(at(budget, "name"), "named again here"),
                    Label(at(first[budget.name], "name"), "first named here"),
                ),
                why="both would be the same rule file and the same series, and one would overwrite the other",
                fix="name this one after what else it limits",
            )
