"""What an operator is: a small function from a place, or a rule, to what could stand there instead."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from relrails.mutants.places import Place, places
from relrails.mutants.values import Rule
from relrails.promql import Expr, Range, duration_text
from relrails.promql.ast import BinaryOp
from relrails.rules import RecordingRule, RuleGroup
from relrails.units import Duration, exact

COMPARISONS: tuple[BinaryOp, ...] = (">", ">=", "<", "<=", "==", "!=")
SETS: tuple[BinaryOp, ...] = ("and", "or", "unless")
ARITHMETIC: tuple[BinaryOp, ...] = ("+", "-", "*", "/")


@dataclass(frozen=True, slots=True)
class Change:
    """Another expression, and in a few words what became of the one that it replaces."""

    what: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Another rule, or none, and in a few words what became of the one that it replaces."""

    what: str
    becomes: tuple[Rule, ...]
    where: str = ""
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else there is in the file, for a rule to be mixed up with."""

    windows: tuple[Duration, ...]
    records: tuple[str, ...]

    @classmethod
    def of_groups(cls, groups: tuple[RuleGroup, ...]) -> "Surroundings":
        """Look around in a rule file."""
        rules = [rule for group in groups for rule in group.rules]
        ranges = {
            duration_text(p.expr.window): p.expr.window
            for rule in rules
            for p in places(rule.expr)
            if isinstance(p.expr, Range)
        }
        records = dict.fromkeys(rule.record for rule in rules if isinstance(rule, RecordingRule))
        return cls(tuple(sorted(ranges.values(), key=lambda w: exact(w, "second"))), tuple(records))


ExpressionOperator = Callable[[Place, Surroundings], Iterator[Change]]
RuleOperator = Callable[[Rule, RuleGroup], Iterator[RuleChange]]
