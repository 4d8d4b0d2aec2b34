"""Runs the proofs of one SLO against its mutants, until each is noticed or has passed everything."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path

from relrails.mutants.equivalents import Equivalent, declared
from relrails.mutants.history import History
from relrails.mutants.running import Answer, Job, Noticed, run
from relrails.mutants.trials import Trial, affected, proof_name, test_text, trials
from relrails.mutants.values import Mutant, mutated, rules_text
from relrails.promtool import Promtool
from relrails.prove.values import ProofFile
from relrails.rules import RuleGroup
from relrails.slo import SLO

AT_ONCE = 24
"""Mutants that are looked at side by side; what is learnt from them is used for the next."""
IN_A_PROCESS = 12
PATIENCE = 12
"""Trials that a mutant passes one by one; all that are left then run together."""


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    RULE_ERROR = "killed by rule error"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"
    STALE = "declared equivalent, but killed"
    REFUSED = "refused by promtool"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A mutant, what became of it, and which case of which proof did it."""

    slo: str
    mutant: Mutant
    fate: Fate
    proof: str = ""
    case: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """What all mutants of one SLO share."""

    name: str
    slo: SLO
    groups: tuple[RuleGroup, ...]
    proofs: tuple[ProofFile, ...]
    promtool: Promtool
    pool: Executor
    folder: Path


def judge(bench: Bench, mutants: Sequence[Mutant], progress: Callable[[int], None]) -> Iterator[Outcome]:
    """Give the fate of each mutant; the rules themselves must have passed before."""
    equivalents = [(mutant, found) for mutant in mutants if (found := declared(mutant, bench.slo)) is not None]
    known = {id(mutant) for mutant, _ in equivalents}
    for outcome in _one_by_one(bench, [m for m in mutants if id(m) not in known]):
        progress(1)
        yield outcome
    for group in _of_different_rules(equivalents):
        yield from _together(bench, group)
        progress(len(group))


@dataclass(slots=True)
class _Open:
    mutant: Mutant
    rules: str
    left: list[Trial]
    passed: int = 0


def _one_by_one(bench: Bench, mutants: Sequence[Mutant]) -> Iterator[Outcome]:
    every = trials(bench.proofs, bench.groups)
    history = History(rule for group in bench.groups for rule in group.rules)
    waiting = iter(mutants)
    looked_at: list[_Open] = []
    while True:
        for mutant in islice(waiting, AT_ONCE - len(looked_at)):
            rules = rules_text(mutated(bench.groups, (mutant,)))
            looked_at.append(_Open(mutant, rules, _relevant(bench, (mutant,), every)))
        if not looked_at:
            return
        for one in (one for one in looked_at if not one.left):
            yield Outcome(slo=bench.name, mutant=one.mutant, fate=Fate.SURVIVED)
        looked_at = [one for one in looked_at if one.left]
        chosen = [_next(one, history) for one in looked_at]
        answers = _ask(bench, [(one.rules, picked) for one, picked in zip(looked_at, chosen, strict=True)])
        still: list[_Open] = []
        for one, picked, answer in zip(looked_at, chosen, answers, strict=True):
            for trial in picked:
                history.add(
                    one.mutant, trial, killed=answer.noticed is not Noticed.NO and answer.case == trial.case.name
                )
                one.left.remove(trial)
                one.passed += 1
            if answer.noticed is Noticed.NO:
                still.append(one)
            else:
                yield _outcome(bench, one.mutant, picked[0].proof, answer)
        looked_at = still


def _next(one: _Open, history: History) -> tuple[Trial, ...]:
    """Choose one trial, or after many all that are left of the cheapest proof."""
    if one.passed < PATIENCE:
        return (history.best(one.mutant, one.left),)
    by_proof = _by_proof(one.left)
    return min(by_proof, key=lambda trials_of: sum(t.cost for t in trials_of))


def _by_proof(chosen: Sequence[Trial]) -> list[tuple[Trial, ...]]:
    proofs = dict.fromkeys(t.proof.path for t in chosen)
    return [tuple(t for t in chosen if t.proof.path == path) for path in proofs]


def _outcome(bench: Bench, mutant: Mutant, proof: ProofFile, answer: Answer, *, stale: bool = False) -> Outcome:
    fates = {Noticed.FAILED: Fate.KILLED, Noticed.RULE_ERROR: Fate.RULE_ERROR, Noticed.REFUSED: Fate.REFUSED}
    fate = fates[answer.noticed]
    if stale and fate is not Fate.REFUSED:
        fate = Fate.STALE
    return Outcome(
        slo=bench.name, mutant=mutant, fate=fate, proof=proof_name(proof), case=answer.case, said=answer.said
    )


Declared = list[tuple[Mutant, Equivalent]]


def _of_different_rules(equivalents: Declared) -> Iterator[Declared]:
    """Put together what changes different rules.

    A change that makes no difference makes none beside others, so a run of the proofs clears them all; when it does
    not, each is run by itself.
    """
    left = equivalents
    while left:
        taken: dict[tuple[int, int], tuple[Mutant, Equivalent]] = {}
        for one in left:
            taken.setdefault((one[0].group, one[0].index), one)
        yield list(taken.values())
        chosen = {id(mutant) for mutant, _ in taken.values()}
        left = [one for one in left if id(one[0]) not in chosen]


def _together(bench: Bench, group: Declared) -> Iterator[Outcome]:
    mutants = [mutant for mutant, _ in group]
    rules = rules_text(mutated(bench.groups, mutants))
    chosen = _by_proof(_relevant(bench, mutants, trials(bench.proofs, bench.groups)))
    answers = _ask(bench, [(rules, picked) for picked in chosen])
    noticed = [(p[0].proof, a) for p, a in zip(chosen, answers, strict=True) if a.noticed is not Noticed.NO]
    if noticed and len(group) > 1:
        for one in group:
            yield from _together(bench, [one])
    elif noticed:
        yield _outcome(bench, mutants[0], *noticed[0], stale=True)
    else:
        for mutant, equivalent in group:
            yield Outcome(slo=bench.name, mutant=mutant, fate=Fate.EQUIVALENT, said=equivalent.reason)


def _relevant(bench: Bench, mutants: Sequence[Mutant], every: Sequence[Trial]) -> list[Trial]:
    reached: set[str] = set()
    for mutant in mutants:
        reached |= affected(bench.groups[mutant.group].rules[mutant.index], bench.groups)
    return [trial for trial in every if not reached.isdisjoint(trial.looks_at)]


def _ask(bench: Bench, asked: Sequence[tuple[str, tuple[Trial, ...]]]) -> list[Answer]:
    """Run rules against trials in a few processes, none of which is much longer than the others."""
    order = sorted(range(len(asked)), key=lambda k: -sum(t.cost for t in asked[k][1]))
    count = max(-(-len(asked) // IN_A_PROCESS), min(len(asked), 2))
    batches = [order[k::count] for k in range(count)]
    jobs = [Job(bench.folder / f"{k}", rules, _text(picked)) for k, (rules, picked) in enumerate(asked)]
    running = [bench.pool.submit(run, bench.promtool, [jobs[k] for k in batch]) for batch in batches]
    answers: dict[int, Answer] = {}
    for batch, done in zip(batches, running, strict=True):
        answers.update(zip(batch, done.result(), strict=True))
    return [answers[k] for k in range(len(asked))]


def _text(picked: tuple[Trial, ...]) -> str:
    return picked[0].text if len(picked) == 1 else test_text(picked[0].proof, tuple(t.case for t in picked))
