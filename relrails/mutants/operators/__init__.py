"""The ways in which a rule is broken on purpose, one small function each; a new one is one line in a table here.

Not among them, for promtool could not tell: a group's `interval`, which it ignores, and the names of files and groups.
"""

from relrails.mutants.operators import binaries, calls, numbers, rules, selectors, windows
from relrails.mutants.operators.kinds import ExpressionOperator, RuleOperator, Surroundings

EXPRESSION_OPERATORS: dict[str, ExpressionOperator] = {
    "threshold": numbers.threshold,
    "number": numbers.other_number,
    "window": windows.window,
    "comparison": binaries.comparison,
    "set operator": binaries.set_operator,
    "arithmetic": binaries.arithmetic,
    "operands swapped": binaries.operands_swapped,
    "operand dropped": binaries.operand_dropped,
    "matching": binaries.matching,
    "matcher dropped": selectors.matcher_dropped,
    "matcher negated": selectors.matcher_negated,
    "metric": selectors.metric,
    "function": calls.function,
    "function dropped": calls.function_dropped,
    "aggregation": calls.aggregation,
    "by": calls.by,
}
RULE_OPERATORS: dict[str, RuleOperator] = {
    "rule": rules.deleted,
    "order": rules.moved,
    "name": rules.renamed,
    "for": rules.wait,
    "label lost": rules.label_lost,
    "label changed": rules.label_changed,
    "label added": rules.label_added,
    "annotation lost": rules.annotation_lost,
    "annotation changed": rules.annotation_changed,
}

__all__ = ["EXPRESSION_OPERATORS", "RULE_OPERATORS", "Surroundings"]
