"""Runs the proofs in generated/ on every promtool there is, and says what they prove."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from relrails.files import File
from relrails.promtool import Promtool, ToolError
from relrails.prove import promises, proofs
from relrails.prove.budgets import budget_proofs, budget_sentence
from relrails.prove.canary import UNPROVED, canary_proof, canary_sentence
from relrails.prove.journeys import (
    fleet_proofs,
    fleet_sentence,
    host_proofs,
    hosts_sentence,
    journey_proofs,
    journey_sentence,
)
from relrails.prove.traffic import UNPROVED as UNPLAYED
from relrails.prove.traffic import traffic_proof, traffic_sentence
from relrails.prove.values import ProofFile
from relrails.prove.yaml_file import proof_file
from relrails.render.prometheus import (
    budget_file,
    canary_file,
    fleet_file,
    hosts_file,
    journey_file,
    rule_file,
    traffic_file,
)
from relrails.rules import AlertingRule, RuleGroup, canary_group, rule_groups, traffic_group
from relrails.rules.budgets import budget_groups
from relrails.rules.journeys import fleet_groups, host_groups, journey_groups
from relrails.service import Service
from relrails.slo import SLO
from relrails.toolchain import Tool

GREEN = "verify.json"
"""The hashes of what was green when it last ran, in the cache folder."""
TESTED_ON = (2, 3)
"""The major versions of Prometheus that the rules are meant for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a run of the proofs found."""

    ran: int = 0
    unchanged: int = 0
    cases: int = 0
    """Cases in the files that ran or were green before, each counted once for each promtool."""
    failures: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()
    """What could not be proved here, and why."""
    summary: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing failed and everything was proved on at least one promtool."""
        return not self.failures and self.ran + self.unchanged > 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Subject:
    """One rule file, what proves it, and what that promises."""

    name: str
    rules: File
    groups: tuple[RuleGroup, ...]
    proofs: tuple[ProofFile, ...]
    sentence: Callable[[], str]
    slo: SLO | None = None
    raw: bool = True
    """Whether its proofs begin at raw samples."""
    unproved: str = UNPROVED
    """Why there are no proofs, where there are none."""


@dataclass(frozen=True, slots=True)
class _Job:
    tool: Tool
    proof: ProofFile
    path: Path
    key: str
    failures: list[str] = field(default_factory=list)


def verify(
    services: Sequence[Service],
    out: Path,
    tools: Sequence[Tool],
    cache: Path,
    *,
    everything: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Prove the rules of these services as they lie in `out`; only what changed since it was last green.

    Raises nothing for what the proofs find; a promtool that cannot be run is a failure like any other.
    """
    subjects = tuple(_subjects(services))
    stale = tuple(failure for subject in subjects for failure in _stale(subject, out))
    if stale:
        return Verdict(failures=stale)
    if not tools:
        return Verdict(not_run=("no promtool was found: nothing was proved",))
    jobs = [job for subject in subjects for job in _jobs(subject, out, tools)]
    green = set() if everything else _green(cache)
    todo = [job for job in jobs if job.key not in green]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, _ in enumerate(pool.map(_run, todo), start=1):
            if progress is not None:
                progress(done, len(todo))
    passed = {job.key for job in jobs if not job.failures}
    _remember(cache, passed)
    failures = [f for job in todo for f in job.failures]
    failures += [f for subject in subjects for f in _vacuous(subject)]
    failures += _lint([out / s.rules.path for s in subjects], tools)
    return Verdict(
        ran=len(todo),
        unchanged=len(jobs) - len(todo),
        cases=sum(len(job.proof.cases) for job in jobs),
        failures=tuple(failures),
        not_run=(*_not_had(tools), *(note for subject in subjects for note in _not_run(subject, tools))),
        summary=tuple(f"{s.name}: {s.sentence()}" for s in subjects),
    )


def _subjects(services: Sequence[Service]) -> Iterator[_Subject]:
    for service in services:
        for slo in service.promises:
            yield _Subject(
                name=f"{service.name}/{slo.name}",
                rules=rule_file(service, slo),
                groups=rule_groups(service, slo),
                proofs=proofs(service, slo),
                sentence=promises(service, slo).sentence,
                slo=slo,
                raw=promises(service, slo).raw,
            )
        for journey in service.journeys:
            yield _Subject(
                name=f"{service.name}/{journey.name}",
                rules=journey_file(service, journey),
                groups=journey_groups(service, journey),
                proofs=journey_proofs(service, journey),
                sentence=partial(journey_sentence, service, journey),
            )
        for budget in service.budgets:
            yield _Subject(
                name=f"{service.name}/{budget.name}",
                rules=budget_file(service, budget),
                groups=budget_groups(service, budget),
                proofs=budget_proofs(service, budget),
                sentence=partial(budget_sentence, budget),
            )
        traffic, played = traffic_group(service), traffic_proof(service)
        if traffic is not None:
            yield _Subject(
                name=f"{service.name}/traffic",
                rules=traffic_file(service, traffic),
                groups=(traffic,),
                proofs=() if played is None else (played,),
                sentence=partial(traffic_sentence, played),
                unproved=UNPLAYED,
            )
        group, proof = canary_group(service), canary_proof(service)
        if group is not None:
            yield _Subject(
                name=f"{service.name}/canary",
                rules=canary_file(service, group),
                groups=() if proof is None else (group,),
                proofs=() if proof is None else (proof,),
                sentence=partial(canary_sentence, proof),
            )
    if any(service.journeys for service in services):
        yield _Subject(
            name="all journeys",
            rules=fleet_file(services),
            groups=fleet_groups(services),
            proofs=fleet_proofs(services),
            sentence=partial(fleet_sentence, services),
        )
        yield _Subject(
            name="all hosts",
            rules=hosts_file(services),
            groups=host_groups(services),
            proofs=host_proofs(services),
            sentence=partial(hosts_sentence, services),
        )


def _stale(subject: _Subject, out: Path) -> Iterator[str]:
    """The summary speaks of the services, so what lies in `out` must be theirs."""
    for file in (subject.rules, *map(proof_file, subject.proofs)):
        path = out / file.path
        if not path.is_file():
            yield f"{path} is missing: run `relrails generate`"
        elif path.read_bytes() != file.text.encode():
            yield f"{path} is not what the services say now: run `relrails generate`"


def _jobs(subject: _Subject, out: Path, tools: Sequence[Tool]) -> Iterator[_Job]:
    for proof in subject.proofs:
        path = out / proof.path
        rules = (path.parent / proof.rule_file).read_bytes()
        for tool in tools:
            if tool.version >= proof.needs:
                parts = (rules, path.read_bytes(), str(tool).encode())
                yield _Job(tool, proof, path, hashlib.sha256(b"\0".join(parts)).hexdigest())


def _run(job: _Job) -> None:
    try:
        run = Promtool(job.tool).test_rules([job.path])
    except ToolError as error:
        job.failures.append(f"{job.tool}: {error}")
        return
    job.failures.extend(f"{job.tool}: {failure}" for failure in run.failures)
    if not run.ok and not run.failures:
        job.failures.append(f"{job.tool}: {job.path}: {'; '.join(map(str, run.problems)) or run.output}")


def _lint(paths: Sequence[Path], tools: Sequence[Tool]) -> Iterator[str]:
    for tool in tools:
        try:
            checked = Promtool(tool).check_rules(paths)
        except ToolError as error:
            yield f"{tool}: {error}"
            continue
        yield from (f"{tool}: {problem}" for problem in checked.problems)
        if not checked.ok and not checked.problems:
            yield f"{tool}: {checked.output}"


def _vacuous(subject: _Subject) -> Iterator[str]:
    """A quiet case proves nothing unless the same alert is seen to fire elsewhere among the proofs of its SLO."""
    cases = [case for proof in subject.proofs for case in proof.cases]
    fired = {f.alert for case in cases for f in case.fired if f.alerts}
    quiet = {f.alert for case in cases for f in case.fired if not f.alerts}
    for alert in sorted(quiet - fired):
        yield f"{subject.name}: {alert} is said to stay quiet, but no proof ever sees it fire"
    rendered = {r.alert for g in subject.groups for r in g.rules if isinstance(r, AlertingRule)}
    for alert in sorted(rendered - fired):
        yield f"{subject.name}: no proof ever sees {alert} fire"


def _not_had(tools: Sequence[Tool]) -> Iterator[str]:
    for major in TESTED_ON:
        if not any(tool.version[0] == major for tool in tools):
            yield f"nothing was proved on Prometheus {major}: no promtool {major}.x was found"


def _not_run(subject: _Subject, tools: Sequence[Tool]) -> Iterator[str]:
    if not subject.proofs:
        yield f"{subject.name}: {subject.unproved}"
    if subject.slo is None:
        return
    sli = subject.slo.sli
    if not subject.raw:
        kind = type(sli).__name__
        yield f"{subject.name}: the raw samples of this {kind} cannot be played; its proofs begin at the two sums"
    for tool in tools:
        if tool.version < sli.needs:
            needed = ".".join(map(str, sli.needs))
            yield f"{subject.name}: raw samples were not played on {tool}, which cannot read them (needs {needed})"


def _green(cache: Path) -> set[str]:
    try:
        found = json.loads((cache / GREEN).read_text())
    except (OSError, ValueError):
        return set()
    return {key for key in found if isinstance(key, str)} if isinstance(found, list) else set()


def _remember(cache: Path, passed: set[str]) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    temporary = cache / f"{GREEN}.{os.getpid()}"
    temporary.write_text(json.dumps(sorted(passed)))
    temporary.replace(cache / GREEN)
