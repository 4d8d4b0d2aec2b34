"""A mutant: the rules of one SLO with one thing in them changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from relrails.files import yaml_text
from relrails.mutants.places import places
from relrails.promql import Selector, duration_text
from relrails.render.prometheus import group_fields
from relrails.rules import AlertingRule, RecordingRule, RuleGroup
from relrails.rules.names import BURN

Rule = RecordingRule | AlertingRule


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """One change to one rule: which rule, what kind of change, where in the rule, and what became of it."""

    rule: str
    """The role of the rule, the same in every SLO: the series that it records, or the alert and its long window."""
    operator: str
    where: str
    change: str
    group: int
    index: int
    becomes: tuple[Rule, ...]
    """What stands in the rule's place: nothing, where it was deleted."""
    moved: bool = False
    """The rule is the first of its group, rather than where it was."""

    def __str__(self) -> str:
        where = f" at {self.where}" if self.where else ""
        return f"{self.rule}: {self.operator}: {self.change}{where}"


def role(rule: Rule) -> str:
    """Name a rule by what it is for."""
    match rule:
        case RecordingRule(record=record):
            return record
        case AlertingRule(alert=alert, labels=labels):
            return f"{alert} {labels['long']}" if alert == BURN else alert


def reads(rule: Rule) -> frozenset[str]:
    """Give the metrics that a rule reads."""
    return frozenset(p.expr.metric for p in places(rule.expr) if isinstance(p.expr, Selector))


def mutated(groups: Sequence[RuleGroup], mutants: Sequence[Mutant]) -> tuple[RuleGroup, ...]:
    """Give the groups with the rules of these mutants in them; at most one mutant changes a rule."""
    changes = {(m.group, m.index): m for m in mutants}
    out = []
    for number, group in enumerate(groups):
        front: list[Rule] = []
        rest: list[Rule] = []
        for index, rule in enumerate(group.rules):
            change = changes.get((number, index))
            if change is None:
                rest.append(rule)
            else:
                (front if change.moved else rest).extend(change.becomes)
        out.append(replace(group, rules=(*front, *rest)))
    return tuple(out)


def rules_text(groups: Sequence[RuleGroup]) -> str:
    """Print groups as the renderer does; raises ValueError for an expression that the grammar refuses."""
    return yaml_text({"groups": [group_fields(group) for group in groups]}, "A mutant: not for use.")


def waits(rule: AlertingRule) -> str:
    """How long an alert waits, as its rule says it."""
    return "none" if rule.for_ is None else duration_text(rule.for_)
