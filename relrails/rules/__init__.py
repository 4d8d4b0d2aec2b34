"""From a service to the rules that Prometheus evaluates, as values."""

from relrails.rules.burn_windows import Tier, tiers
from relrails.rules.canary import canary_group
from relrails.rules.groups import rule_groups
from relrails.rules.traffic import traffic_group
from relrails.rules.values import AlertingRule, RecordingRule, RuleGroup

__all__ = [
    "AlertingRule",
    "RecordingRule",
    "RuleGroup",
    "Tier",
    "canary_group",
    "rule_groups",
    "tiers",
    "traffic_group",
]
