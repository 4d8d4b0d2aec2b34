"""Which trial is likely to notice a change: the one that noticed the like before, for the least time."""

import re
from collections import Counter
from collections.abc import Iterable

from relrails.mutants.trials import Trial
from relrails.mutants.values import Mutant, Rule, reads, role

WEIGHTS = (1.0, 0.5, 0.3, 0.2)
"""How much a result counts that is about: this change in another form, this place, its like elsewhere, this rule."""
DIRECT, INDIRECT = 0.5, 0.05
"""The chance before anything is known: of a trial that looks at the rule itself, and at what reads it."""
STRANGE, FROM_RAW = 0.1, 0.4
"""What is left of it where a trial plays nothing that the rule reads, and where all comes from raw samples."""
OF_A_WINDOW = re.compile(r" ?\d+[smhd]$")
OF_A_TIER = re.compile(r"the (?:page|ticket) on \w+ and \w+|\d+ minutes")

Key = tuple[str, ...]


class History:
    """What the trials of one SLO have killed so far; the same runs always give the same choices."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._reads = {role(rule): reads(rule) for rule in rules}
        self._recorded = frozenset(self._reads)
        self._tried: Counter[Key] = Counter()
        self._killed: Counter[Key] = Counter()

    def best(self, mutant: Mutant, left: Iterable[Trial]) -> Trial:
        """Choose the trial with the most chance of a kill for its time."""
        return max(left, key=lambda trial: (self._chance(mutant, trial) / trial.cost, trial.name))

    def add(self, mutant: Mutant, trial: Trial, *, killed: bool) -> None:
        """Remember a result."""
        for key in _keys(mutant, trial):
            self._tried[key] += 1
            self._killed[key] += killed

    def _chance(self, mutant: Mutant, trial: Trial) -> float:
        weighed = tuple(zip(WEIGHTS, _keys(mutant, trial), strict=True))
        killed = sum(weight * self._killed[key] for weight, key in weighed)
        tried = sum(weight * self._tried[key] for weight, key in weighed)
        prior = DIRECT if mutant.rule in trial.looks_at else INDIRECT
        return self._fits(mutant, trial) * (prior + killed) / (1 + tried)

    def _fits(self, mutant: Mutant, trial: Trial) -> float:
        if trial.plays.isdisjoint(self._recorded):
            return FROM_RAW
        read = self._reads[mutant.rule]
        return max(STRANGE, len(read & trial.plays) / len(read)) if read else 1


def _keys(mutant: Mutant, trial: Trial) -> tuple[Key, ...]:
    family, kind = OF_A_WINDOW.sub("", mutant.rule), OF_A_TIER.sub("", trial.name)
    place = ", ".join(part for part in mutant.where.split(", ") if ":" not in part)
    return (
        (mutant.rule, mutant.operator, mutant.where, trial.name),
        (mutant.rule, mutant.where, trial.name),
        (family, mutant.operator, place, kind),
        (mutant.rule, trial.name),
    )
