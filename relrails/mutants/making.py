"""All mutants of the rules of one SLO, each that prints like another one only once."""

from collections.abc import Iterator
from dataclasses import replace

from relrails.mutants.operators import EXPRESSION_OPERATORS, RULE_OPERATORS, Surroundings
from relrails.mutants.operators.kinds import RuleChange
from relrails.mutants.places import places
from relrails.mutants.values import Mutant, Rule, role
from relrails.promql import check_syntax, text
from relrails.rules import AlertingRule, RecordingRule, RuleGroup


def mutants_of(groups: tuple[RuleGroup, ...]) -> tuple[Mutant, ...]:
    """Break every rule of these groups in every way; what Prometheus' grammar refuses is no mutant."""
    around = Surroundings.of_groups(groups)
    out: list[Mutant] = []
    for number, group in enumerate(groups):
        for index, rule in enumerate(group.rules):
            seen = {_print(rule)}
            for operator, change in _changes(rule, group, around):
                printed = "".join(map(_print, change.becomes)) + ("moved" if change.moved else "")
                if printed in seen or not all(check_syntax(text(r.expr)) is None for r in change.becomes):
                    continue
                seen.add(printed)
                out.append(
                    Mutant(
                        rule=role(rule),
                        operator=operator,
                        where=change.where,
                        change=change.what,
                        group=number,
                        index=index,
                        becomes=change.becomes,
                        moved=change.moved,
                    )
                )
    return tuple(out)


def _changes(rule: Rule, group: RuleGroup, around: Surroundings) -> Iterator[tuple[str, RuleChange]]:
    for place in places(rule.expr):
        for name, of_place in EXPRESSION_OPERATORS.items():
            for change in of_place(place, around):
                yield name, RuleChange(change.what, (replace(rule, expr=change.expr),), where=place.where)
    for name, of_rule in RULE_OPERATORS.items():
        for rule_change in of_rule(rule, group):
            yield name, rule_change


def _print(rule: Rule) -> str:
    match rule:
        case RecordingRule(record=record, expr=expr, labels=labels):
            return f"{record} {text(expr)} {labels}"
        case AlertingRule(alert=alert, expr=expr, for_=for_, labels=labels, annotations=annotations):
            return f"{alert} {text(expr)} {for_} {labels} {annotations}"
