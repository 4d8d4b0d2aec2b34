"""The sections that the alerts of budgets link to."""

from collections.abc import Iterator

from relrails.promql import Expr, pretty, selector
from relrails.render.runbook.markdown import code_block, indented, table
from relrails.render.runbook.meanings import Meaning
from relrails.rules import AlertingRule, names
from relrails.rules.budgets import budget_groups
from relrails.service import Service

MEANINGS: dict[str, Meaning] = {
    names.QUEUE_DEEP: Meaning(
        what="More waits than was ever meant to. It may still be done in time; the next two alerts say whether.",
        do=("Who sends so much? Compare the arrivals with those of the same hour of other days.",),
        ends="The alert ends when less waits again.",
    ),
    names.QUEUE_SLOW: Meaning(
        what="At the present pace the queue is not done in time, or more joins it than leaves it.",
        do=(
            "Does anything leave it at all? If not, the worker hangs: see what it works at, and restart it.",
            "If it works but is too slow, add workers or keep the largest sender back.",
        ),
        ends="The alert ends when the queue would be done in time.",
    ),
    names.QUEUE_OLD: Meaning(
        what="Somebody has waited longer than anybody should. This is what users feel of a queue.",
        do=("Find the oldest item: is it one that fails again and again, and keeps others waiting?",),
        ends="The alert ends when nobody has waited so long.",
    ),
    names.JOBS_OVER: Meaning(
        what="Too many jobs of the last hour took too long.",
        do=("Are they of one tenant, or one kind? Has what they read or write become slow?",),
        ends="The alert ends when the share of slow jobs of the last hour is below its limit.",
    ),
    names.JOB_STUCK: Meaning(
        what="A job has run for so long that it may never end. It is in no histogram until it does.",
        do=("See what it waits for, then end it; make sure that it can be begun again.",),
        ends="The alert ends with the job.",
    ),
    names.STORAGE_GROWS: Meaning(
        what="A tenant has written more in the last day than it may. What was deleted again counts as written.",
        do=(
            "Is it a new customer, a new use, or a mistake that writes the same again and again?",
            "Agree with its owner on less, or raise the budget on purpose.",
        ),
        ends="The alert ends when the last day comes to less.",
    ),
    names.SPENT: Meaning(
        what="At the mean of the last day, more is spent than was agreed.",
        do=("What was added in the last days? Look at the cost of each part.",),
        ends="The alert ends when the mean of a day is within the budget.",
    ),
    names.BUDGET_BLIND: Meaning(
        what="What a budget is of cannot be seen, so nobody knows whether it is kept.",
        do=("Is the job scraped? A release may have renamed the metric.",),
        ends="The alert ends when the metric is back.",
    ),
}


def budget_sections(service: Service) -> Iterator[str]:
    """Write a section for each alert that the budgets of this service have; nothing where it has none."""
    rules = [r for b in service.budgets for g in budget_groups(service, b) for r in g.rules]
    alerts = [r for r in rules if isinstance(r, AlertingRule)]
    if not alerts:
        return
    yield "## Budgets"
    for number, (question, expr) in enumerate(_first(service), start=1):
        yield f"{number}. {question}\n\n{indented(code_block(pretty(expr), 'promql'))}"
    for alert in (a for a in MEANINGS if any(rule.alert == a for rule in alerts)):
        meaning = MEANINGS[alert]
        # The heading is the name alone: GitHub makes the anchor that the alert links to of it.
        yield f"### {alert}"
        yield meaning.what
        yield table(("budget", "says"), [_row(rule) for rule in alerts if rule.alert == alert])
        yield "\n".join(f"{number}. {step}" for number, step in enumerate(meaning.do, start=1))
        yield meaning.ends


def _row(rule: AlertingRule) -> tuple[str, str]:
    said = rule.annotations["summary"].split(": ", maxsplit=1)[1]
    return rule.labels["budget"], said.replace("{{ $labels.", "").replace(" }}", "")


def _first(service: Service) -> Iterator[tuple[str, Expr]]:
    yield "How much of each budget is used?", selector(names.BUDGET_USED, service=service.name)
    yield "How much is allowed?", selector(names.BUDGET_LIMIT, service=service.name)
    yield "Who writes most?", selector(names.STORAGE_TOP, service=service.name)
