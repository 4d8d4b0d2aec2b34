"""The sections that the alerts of a canary link to."""

from collections.abc import Iterator

from relrails.promql import Expr, duration_text, pretty, selector
from relrails.render.runbook.markdown import code_block, table
from relrails.render.runbook.meanings import Meaning
from relrails.rules import AlertingRule, canary_group, names
from relrails.service import Service

CANARY_ALERTS: dict[str, Meaning] = {
    names.CANARY_REGRESSED: Meaning(
        what="The canary is worse than the stable version: by evidence that chance does not explain, by a difference "
        "that matters, and while it still has traffic. Whoever should have rolled it back has not.",
        do=(
            "Is a controller watching this canary? If not, or if it only shadows, roll the canary back by hand: no "
            "more traffic to it.",
            "If one is, its own alerts below and its log say what keeps it; do not wait for it.",
            "Look for the cause when customers are on the stable version again.",
        ),
        ends="The alert ends when the canary has no more traffic.",
    ),
    names.CANARY_ROLLBACK_FAILED: Meaning(
        what="A rollback was decided, and the action of the policy failed. The bad canary goes on serving customers.",
        do=(
            "Take the canary out of traffic by hand, now: at the load balancer, or by deploying the stable version.",
            "See that it worked: the canary's share of the requests below must fall to nothing.",
            "Only then find out why the action failed; its output is in the evidence of this run.",
        ),
        ends="The alert ends when the controller says that the rollback is done, or an hour after the controller "
        "was heard last.",
    ),
    names.CANARY_NOT_RECOVERED: Meaning(
        what="The canary was rolled back and the service is still worse than before, or traffic still reaches the "
        "canary. The cause may lie elsewhere.",
        do=(
            "Does the canary still have requests? Then the rollback is not whole: take it out of traffic by hand.",
            "If not, treat it as an incident of the service: what else changed when the canary began?",
            "Look for what the canary left behind: migrated data, full queues, caches that the old one cannot read.",
        ),
        ends="The alert ends when the controller sees the recovery, or an hour after the controller was heard last.",
    ),
}


def canary_sections(service: Service) -> Iterator[str]:
    """Write a section for each alert of the service's canary."""
    group = canary_group(service)
    rules = [] if group is None else [rule for rule in group.rules if isinstance(rule, AlertingRule)]
    for alert in (a for a in CANARY_ALERTS if any(rule.alert == a for rule in rules)):
        meaning = CANARY_ALERTS[alert]
        yield f"### {alert}"
        yield meaning.what
        yield table(
            ("concerns", "calls", "fires"),
            [
                (
                    rule.labels.get("slo", "the canary"),
                    rule.labels["severity"],
                    "at once" if rule.for_ is None else f"after {duration_text(rule.for_)}",
                )
                for rule in rules
                if rule.alert == alert
            ],
        )
        yield "\n".join(f"{number}. {step}" for number, step in enumerate(meaning.do, start=1))
        yield code_block(pretty(_requests(service)), "promql")
        yield meaning.ends


def _requests(service: Service) -> Expr:
    policy = service.canary
    step = policy.step if policy is not None else names.SHORT_INTERVAL
    return selector(names.canary_total(step), service=service.name)
