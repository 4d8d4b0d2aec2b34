"""Which trial is likely to notice a change: the one that noticed the like before, for the least time."""

from collections import Counter
from collections.abc import Iterable

from relrails.mutants.trials import Trial
from relrails.mutants.values import Mutant

RELATED = 0.2
"""How much a kill of another kind of change to the same rule counts, beside one of the same kind."""
DIRECT, INDIRECT = 0.5, 0.05
"""The chance before anything is known: of a trial that looks at the rule itself, and at what reads it."""


class History:
    """What the trials of one SLO have killed so far; the same runs always give the same choices."""

    def __init__(self) -> None:
        self._tried: Counter[tuple[str, ...]] = Counter()
        self._killed: Counter[tuple[str, ...]] = Counter()

    def best(self, mutant: Mutant, left: Iterable[Trial]) -> Trial:
        """Choose the trial with the most chance of a kill for its time."""
        return max(left, key=lambda trial: (self._chance(mutant, trial) / trial.cost, trial.name))

    def add(self, mutant: Mutant, trial: Trial, *, killed: bool) -> None:
        """Remember a result."""
        for key in self._keys(mutant, trial):
            self._tried[key] += 1
            self._killed[key] += killed

    def _chance(self, mutant: Mutant, trial: Trial) -> float:
        same, related = self._keys(mutant, trial)
        prior = DIRECT if mutant.rule in trial.looks_at else INDIRECT
        killed = prior + self._killed[same] + RELATED * self._killed[related]
        return killed / (1 + self._tried[same] + RELATED * self._tried[related])

    @staticmethod
    def _keys(mutant: Mutant, trial: Trial) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (mutant.rule, mutant.operator, mutant.where, trial.name), (mutant.rule, trial.name)
