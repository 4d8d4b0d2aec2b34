"""What an alert must say, with the templates filled in by hand."""

import re
from fractions import Fraction

from relrails.promql import duration_text
from relrails.prove.scene import Scene
from relrails.rules import AlertingRule, Tier
from relrails.rules.annotations import VALUE

Fields = tuple[dict[str, str], dict[str, str]]

_LEFT = re.compile(r"\{\{ with printf .*?\}\} \{\{ \. \| first \| value \| humanizePercentage \}\}(.*?)\{\{ end \}\}")
_GROUP = re.compile(r"\{\{ with \$labels\.(\w+) \}\}(.*?)\{\{ \. \}\}\{\{ end \}\}")


def rule_of(scene: Scene, alert: str, tier: Tier | None = None) -> AlertingRule:
    """Find the rule of an alert; of a burn-rate alert, that of the tier."""
    if tier is None:
        return next(r for r in scene.alerting if r.alert == alert)
    windows = (duration_text(tier.long), duration_text(tier.short))
    return next(r for r in scene.alerting if (r.labels.get("long"), r.labels.get("short")) == windows)


def said(
    scene: Scene,
    rule: AlertingRule,
    value: Fraction,
    *,
    left: Fraction | None = None,
    group: dict[str, str] | None = None,
) -> Fields:
    """Give the labels and annotations of a firing alert: its value, and the budget left where that is known."""
    where = scene.group if group is None else group

    def left_text(match: re.Match[str]) -> str:
        return "" if left is None else f" {percentage(left)}{match[1]}"

    def group_text(match: re.Match[str]) -> str:
        return f"{match[2]}{where[match[1]]}" if match[1] in where else ""

    filled = {
        key: _GROUP.sub(group_text, _LEFT.sub(left_text, text)).replace(VALUE, percentage(value))
        for key, text in rule.annotations.items()
    }
    return {**rule.labels, **where}, filled


def percentage(ratio: Fraction) -> str:
    """Write a ratio as Prometheus' humanizePercentage does."""
    return f"{float(ratio) * 100:.4g}%"
