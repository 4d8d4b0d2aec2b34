"""The rule group of a budget."""

from typing import assert_never

from relrails.budget import Budget, ExportRuntime, QueueDepth, Spend, StorageGrowth
from relrails.rules import names
from relrails.rules.budgets.jobs import job_rules
from relrails.rules.budgets.money import money_rules
from relrails.rules.budgets.queue import queue_rules
from relrails.rules.budgets.scope import Rules, Scope
from relrails.rules.budgets.storage import storage_rules
from relrails.rules.values import RuleGroup
from relrails.service import Service


def budget_groups(service: Service, budget: Budget) -> tuple[RuleGroup, ...]:
    """Render one budget: queues and jobs every minute, days every five."""
    scope = Scope(service, budget)
    daily = isinstance(budget, StorageGrowth | Spend)
    return (
        RuleGroup(
            name=names.budget_group_name(service, budget),
            interval=names.LONG_INTERVAL if daily else names.SHORT_INTERVAL,
            rules=_rules(scope, budget),
        ),
    )


def _rules(scope: Scope, budget: Budget) -> Rules:
    match budget:
        case QueueDepth():
            return queue_rules(scope, budget)
        case ExportRuntime():
            return job_rules(scope, budget)
        case StorageGrowth():
            return storage_rules(scope, budget)
        case Spend():
            return money_rules(scope, budget)
        case _:
            assert_never(budget)
