"""Whole rules: names, waits, labels, annotations, and the rule itself lost or out of order."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from relrails.mutants.operators.kinds import RuleChange
from relrails.mutants.values import Rule, reads, waits
from relrails.rules import AlertingRule, RecordingRule, RuleGroup
from relrails.units import Duration, exact, seconds

OTHER_SEVERITY = {"page": "ticket", "ticket": "page"}
TEMPLATES = (("humanizePercentage", "humanize"), ("$value", "1"), ("$labels.service", "$labels.slo"))


def deleted(_: Rule, __: RuleGroup) -> Iterator[RuleChange]:
    """No rule at all."""
    yield RuleChange("rule deleted", ())


def moved(rule: Rule, group: RuleGroup) -> Iterator[RuleChange]:
    """Evaluated before what it reads has been recorded."""
    if reads(rule) & {other.record for other in group.rules if isinstance(other, RecordingRule)}:
        yield RuleChange("rule moved before what it reads", (rule,), moved=True)


def renamed(rule: Rule, _: RuleGroup) -> Iterator[RuleChange]:
    """Recorded, or called, by a name that nobody knows."""
    match rule:
        case RecordingRule(record=record):
            yield RuleChange("record renamed", (replace(rule, record=f"{record}_renamed"),))
        case AlertingRule(alert=alert):
            yield RuleChange("alert renamed", (replace(rule, alert=f"{alert}Renamed"),))


def wait(rule: Rule, group: RuleGroup) -> Iterator[RuleChange]:
    """Another `for`, or none; one evaluation where there was none."""
    if not isinstance(rule, AlertingRule):
        return
    others: list[Duration | None] = [group.interval]
    if rule.for_ is not None:
        mine = exact(rule.for_, "second")
        others = [None, *(float(mine * factor) * seconds for factor in (Decimal("0.5"), 2))]
    for other in others:
        changed = replace(rule, for_=other)
        yield RuleChange(f"{waits(rule)} -> {waits(changed)}", (changed,))


def label_lost(rule: Rule, _: RuleGroup) -> Iterator[RuleChange]:
    """A label less."""
    for label in rule.labels:
        rest = {k: v for k, v in rule.labels.items() if k != label}
        yield RuleChange(f"{label} lost", (replace(rule, labels=rest),))


def label_changed(rule: Rule, _: RuleGroup) -> Iterator[RuleChange]:
    """Another value; a page for a ticket and a ticket for a page."""
    for label, value in rule.labels.items():
        other = OTHER_SEVERITY.get(value, f"{value}-changed")
        yield RuleChange(f"{label} changed", (replace(rule, labels={**rule.labels, label: other}),))


def label_added(rule: Rule, _: RuleGroup) -> Iterator[RuleChange]:
    """A label more, which no other series has."""
    yield RuleChange("label added", (replace(rule, labels={**rule.labels, "added": "1"}),))


def annotation_lost(rule: Rule, _: RuleGroup) -> Iterator[RuleChange]:
    """An annotation less."""
    if isinstance(rule, AlertingRule):
        for name in rule.annotations:
            rest = {k: v for k, v in rule.annotations.items() if k != name}
            yield RuleChange(f"{name} lost", (replace(rule, annotations=rest),))


def annotation_changed(rule: Rule, _: RuleGroup) -> Iterator[RuleChange]:
    """Another text, and another reading of each template."""
    if isinstance(rule, AlertingRule):
        for name, value in rule.annotations.items():
            others = {"changed": f"{value} changed"}
            others |= {f"{old} -> {new}": value.replace(old, new) for old, new in TEMPLATES if old in value}
            for what, other in others.items():
                changed = replace(rule, annotations={**rule.annotations, name: other})
                yield RuleChange(f"{name}: {what}", (changed,))
