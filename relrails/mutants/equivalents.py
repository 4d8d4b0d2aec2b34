"""Changes that no proof can notice, because they change nothing that Prometheus would answer; each with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from relrails.mutants.values import Mutant
from relrails.slo import SLO


def always(_: SLO) -> bool:
    """Every SLO."""
    return True


def counts_silence_as_good(slo: SLO) -> bool:
    """SLOs for which bad events that no series counts have not happened."""
    return slo.sli.silence_is_good


def reads_one_series(slo: SLO) -> bool:
    """SLOs whose good and bad events are told by the value of one series."""
    return len(slo.sli.reads()) == 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Equivalent:
    """Mutants that are the same rule in other words; `*` stands for anything in each pattern."""

    rule: str
    operator: str
    where: str = "*"
    change: str = "*"
    reason: str
    only: Callable[[SLO], bool] = always
    """Of which SLOs that is true."""

    def covers(self, mutant: Mutant, slo: SLO) -> bool:
        """Whether a mutant of an SLO's rules is one of these."""
        return (
            mutant.operator == self.operator
            and self.only(slo)
            and fnmatchcase(mutant.rule, self.rule)
            and fnmatchcase(mutant.where, self.where)
            and fnmatchcase(mutant.change, self.change)
        )


_MATCHED = (
    "vector matching compares all labels, so a series of another SLO finds no partner: the matcher saves reading it"
)
_CARRIED = (
    "the expression already carries this label, from the series that it selects by it: the rule says it for readers"
)
_ZERO = "the factor is 0, and 0 times one number is 0 times any other"
_NO_EVENTS = "this side is read when the window holds no events at all, and then it is 0 by itself"

EQUIVALENTS: tuple[Equivalent, ...] = (
    *(
        Equivalent(rule=rule, operator="label lost", change=f"{label} lost", reason=_CARRIED)
        for rule in ("SLO*", "slo:sli_error:*", "slo:*increase*", "slo:current_burn_rate:ratio", "slo:period_*")
        for label in ("service", "slo")
    ),
    Equivalent(rule="slo:sli_error:ratio_rate*", operator="matcher dropped", reason=_MATCHED),
    Equivalent(rule="SLOErrorBudget*", operator="matcher dropped", reason=_MATCHED),
    Equivalent(rule="SLOMetricMissing", operator="matcher dropped", where="*unless right, slo:*", reason=_MATCHED),
    Equivalent(
        rule="SLOErrorBudgetBurn *",
        operator="operands swapped",
        where="and left, and right",
        reason="`and` keeps the value of its left side, so which of two values stands here is never seen",
    ),
    Equivalent(
        rule="SLOMetricMissing",
        operator="operands swapped",
        change="left or right *",
        reason="the total is either absent or above 0: the two sides never have a value at the same time",
    ),
    Equivalent(
        rule="slo:sli_bad:rate",
        operator="aggregation",
        where="*or right, * right, slo:*",
        change="sum -> *",
        reason=_ZERO,
    ),
    *(
        Equivalent(
            rule="slo:period_error_budget_remaining:ratio",
            operator=operator,
            where=where,
            change=change,
            reason=_NO_EVENTS,
        )
        for operator, where, change in (
            ("number", "- right, / left, or right, * left", "0 -> *"),
            ("arithmetic", "- right, / left, or right", "* -> [+-]"),
            ("operand dropped", "- right, / left, or right", "left * right -> right"),
        )
    ),
    Equivalent(
        rule="slo:sli_bad:rate",
        operator="by",
        where="*or right, * right, slo:sli_total:rate",
        change="by instance added",
        reason="the recorded total has no such label",
    ),
    *(
        Equivalent(
            rule=rule,
            operator="metric",
            change="slo:sli_total:rate -> slo:sli_bad:rate",
            reason="the bad rate is recorded whenever the total is, as 0 where nothing was bad",
            only=counts_silence_as_good,
        )
        for rule in ("SLOExporterDown", "SLOMetricMissing")
    ),
    *(
        Equivalent(
            rule="slo:sli_bad:rate",
            operator=operator,
            where=where,
            change=change,
            reason="good events are some of the same metric's, so never more than all; floats may differ by a hair",
            only=counts_silence_as_good,
        )
        for operator, where, change in (
            ("function dropped", "", "clamp_min dropped"),
            ("number", "clamp_min second", "0 -> -1"),
        )
    ),
    *(
        Equivalent(
            rule=rule,
            operator="metric",
            change="slo:sli_total:rate -> slo:sli_bad:rate",
            reason="both sums are made of the same samples, so there is one whenever there is the other",
            only=reads_one_series,
        )
        for rule in ("SLOExporterDown", "SLOMetricMissing")
    ),
    Equivalent(
        rule="slo:sli_bad:rate",
        operator="matcher dropped",
        where="clamp_min first, - right, or right, * right, slo:sli_total:rate",
        reason="0 is subtracted from this SLO's own total, whoever's total the 0 was made of",
    ),
    *(
        Equivalent(
            rule=rule,
            operator="comparison",
            where=where,
            change="> -> !=",
            reason="a sum of rates of counters is never negative",
        )
        for rule, where in (("slo:*", "*"), ("SLOMetricMissing", "or right, unless left"))
    ),
    Equivalent(
        rule="*",
        operator="comparison",
        where="* right",
        change="== -> >=",
        reason="`up` is 0 or 1, so no less than 1 is 1",
    ),
)


def declared(mutant: Mutant, slo: SLO) -> Equivalent | None:
    """Find what is declared of a mutant."""
    return next((e for e in EQUIVALENTS if e.covers(mutant, slo)), None)
