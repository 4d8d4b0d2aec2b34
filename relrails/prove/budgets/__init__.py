"""From a budget to promtool tests that prove its rules."""

from typing import assert_never

from relrails.budget import Budget, ExportRuntime, QueueDepth, Spend, StorageGrowth
from relrails.prove.budgets.jobs import jobs
from relrails.prove.budgets.money import money
from relrails.prove.budgets.play import Ledger
from relrails.prove.budgets.queue import queue
from relrails.prove.budgets.storage import storage
from relrails.prove.values import Case, ProofFile
from relrails.rules import names
from relrails.rules.budgets import budget_groups
from relrails.service import Service

ANY_PROMTOOL = (2, 42)


def budget_proofs(service: Service, budget: Budget) -> tuple[ProofFile, ...]:
    """Give the proofs of one budget, which look as often as its rules are evaluated."""
    groups = budget_groups(service, budget)
    stem = names.budget_group_name(service, budget)
    daily = isinstance(budget, StorageGrowth | Spend)
    return (
        ProofFile(
            path=f"prometheus/tests/{stem}.yml",
            rule_file=f"../rules/{stem}.yml",
            every=5 if daily else 1,
            needs=ANY_PROMTOOL,
            groups=tuple(group.name for group in groups),
            cases=tuple(_cases(Ledger(service, budget, groups), budget)),
        ),
    )


def budget_sentence(budget: Budget) -> str:
    """Say in one line when a budget is a ticket."""
    match budget:
        case QueueDepth():
            return "ticket after 5 min above its depth, and after 10 min in which it will not be done in time"
        case ExportRuntime():
            return "ticket 5 min after too many jobs were slow, and for a job that does not end"
        case StorageGrowth() | Spend():
            return "ticket an hour after the last day came to more than was allowed"
        case _:
            assert_never(budget)


def _cases(ledger: Ledger, budget: Budget) -> tuple[Case, ...]:
    match budget:
        case QueueDepth():
            return tuple(queue(ledger, budget))
        case ExportRuntime():
            return tuple(jobs(ledger, budget))
        case StorageGrowth():
            return tuple(storage(ledger, budget))
        case Spend():
            return tuple(money(ledger, budget))
        case _:
            assert_never(budget)
