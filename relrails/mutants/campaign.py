"""All mutants of all SLOs that were asked for, on one promtool and every core."""

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from relrails.mutants.equivalents import EQUIVALENTS, Equivalent
from relrails.mutants.judging import Bench, Outcome, judge
from relrails.mutants.making import mutants_of
from relrails.mutants.places import places
from relrails.mutants.report import Report
from relrails.mutants.running import Job, Noticed, run
from relrails.mutants.trials import proof_name, test_text
from relrails.mutants.values import Mutant, rules_text
from relrails.promql import Written
from relrails.promtool import Promtool
from relrails.prove import proofs
from relrails.prove.values import ProofFile
from relrails.rules import rule_groups
from relrails.service import Service
from relrails.slo import SLO
from relrails.toolchain import Tool

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Which mutants: of which SLOs, all of them or a random sample that is the same for the same seed."""

    service: str | None = None
    slo: str | None = None
    sample: int | None = None
    seed: int = 0

    def takes(self, service: Service, slo: SLO) -> bool:
        """Whether an SLO is asked for."""
        return self.service in (None, service.name) and self.slo in (None, slo.name)

    def picks(self, total: int) -> frozenset[int]:
        """Which of `total` mutants are run, by their number."""
        if self.sample is None or self.sample >= total:
            return frozenset(range(total))
        return frozenset(random.Random(self.seed).sample(range(total), self.sample))  # noqa: S311 - no secret

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return (self.service, self.slo, self.sample) == (None, None, None)


@dataclass(frozen=True, slots=True)
class _Subject:
    bench: Bench
    mutants: tuple[Mutant, ...]


def mutate(
    services: Sequence[Service],
    tool: Tool,
    plan: Plan = Plan(),
    *,
    proofs_of: Callable[[Service, SLO], tuple[ProofFile, ...]] = proofs,
    progress: Progress | None = None,
) -> Report:
    """Run the proofs against every mutant; raises a ToolError when promtool cannot be asked."""
    asked = [(service, slo) for service in services for slo in service.promises if plan.takes(service, slo)]
    cores = os.cpu_count() or 1
    with (
        tempfile.TemporaryDirectory(prefix="relrails-") as folder,
        ThreadPoolExecutor(cores) as pool,
        ThreadPoolExecutor(cores) as benches,
    ):
        try:
            subjects = []
            for number, (service, slo) in enumerate(asked):
                groups = rule_groups(service, slo)
                playable = tuple(p for p in proofs_of(service, slo) if p.needs <= tool.version)
                home = Path(folder) / str(number)
                bench = Bench(f"{service.name}/{slo.name}", slo, groups, playable, Promtool(tool), pool, home)
                subjects.append(_Subject(bench, mutants_of(groups)))
            notes = tuple(_notes(subjects))
            unsound, seconds = _as_rendered(subjects, pool)
            if unsound:
                return Report(promtool=str(tool), unsound=unsound, notes=notes, seconds=seconds)
            chosen = list(_chosen(subjects, plan))
            told = _Told(progress, sum(len(s.mutants) for s in chosen))
            outcomes = [o for found in benches.map(lambda s: _judged(s, told), chosen) for o in found]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    unused = tuple(e for e in EQUIVALENTS if not _used(e, subjects)) if plan.whole else ()
    return Report(promtool=str(tool), outcomes=tuple(outcomes), unused=unused, notes=notes, seconds=seconds)


def _used(equivalent: Equivalent, subjects: Sequence[_Subject]) -> bool:
    return any(equivalent.covers(mutant, s.bench.slo) for s in subjects for mutant in s.mutants)


def _judged(subject: _Subject, told: "_Told") -> list[Outcome]:
    order = {id(mutant): number for number, mutant in enumerate(subject.mutants)}
    return sorted(judge(subject.bench, subject.mutants, told), key=lambda o: order[id(o.mutant)])


def _chosen(subjects: Sequence[_Subject], plan: Plan) -> Iterator[_Subject]:
    picked = plan.picks(sum(len(subject.mutants) for subject in subjects))
    first = 0
    for subject in subjects:
        mine = tuple(mutant for number, mutant in enumerate(subject.mutants, start=first) if number in picked)
        first += len(subject.mutants)
        if mine:
            yield _Subject(subject.bench, mine)


def _as_rendered(subjects: Sequence[_Subject], pool: Executor) -> tuple[tuple[str, ...], tuple[tuple[str, float], ...]]:
    """Run every proof against the rules as they are; gives what failed, and the longest time of each kind of proof."""
    asked = [(subject.bench, proof) for subject in subjects for proof in subject.bench.proofs]
    failed: list[str] = []
    took: dict[str, float] = {}
    for (bench, proof), (said, seconds) in zip(asked, pool.map(lambda one: _unchanged(*one), asked), strict=True):
        took[proof_name(proof)] = max(seconds, took.get(proof_name(proof), 0))
        if said is not None:
            failed.append(f"{bench.name}: {proof_name(proof)}: {said}")
    failed += [f"{s.bench.name}: there is no proof" for s in subjects if not s.bench.proofs]
    return tuple(failed), tuple(sorted(took.items(), key=lambda item: -item[1]))


def _unchanged(bench: Bench, proof: ProofFile) -> tuple[str | None, float]:
    began = time.perf_counter()
    job = Job(bench.folder / proof_name(proof), rules_text(bench.groups), test_text(proof, proof.cases))
    (answer,) = run(bench.promtool, [job])
    said = None if answer.noticed is Noticed.NO else f"{answer.case}: {answer.said}"
    return said, time.perf_counter() - began


def _notes(subjects: Sequence[_Subject]) -> Iterator[str]:
    for subject in subjects:
        rules = [rule for group in subject.bench.groups for rule in group.rules]
        written = sum(isinstance(p.expr, Written) for rule in rules for p in places(rule.expr))
        if written:
            yield f"{subject.bench.name}: PromQL that its author wrote is not mutated, in {written} places"


class _Told:
    """Adds up what several threads have done."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done, self._lock = progress, total, 0, Lock()

    def __call__(self, more: int) -> None:
        if self._progress is not None:
            with self._lock:
                self._done += more
                self._progress(self._done, self._total)
