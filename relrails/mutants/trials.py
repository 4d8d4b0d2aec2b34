"""The proofs of one SLO cut into single cases, and which of them can notice a change to a rule."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from relrails.mutants.values import Rule, reads, role
from relrails.promql import selectors
from relrails.prove.values import Case, ProofFile
from relrails.prove.yaml_file import proof_file
from relrails.rules import AlertingRule, RecordingRule, RuleGroup

RULES = "rules.yml"
"""The rule file that the test file of a trial names, in its own folder."""
REPEATS = re.compile(r"x(\d+)")


@dataclass(frozen=True, slots=True)
class Trial:
    """One case as a test file of its own."""

    proof: ProofFile
    case: Case
    text: str
    cost: int
    """Evaluations and samples, on one scale: cheap trials come first."""
    looks_at: frozenset[str]
    """Roles of the rules whose results it asserts something of."""
    plays: frozenset[str]
    """Metrics that it plays."""

    @property
    def name(self) -> str:
        """The case and its file, as a person finds it."""
        return f"{proof_name(self.proof)}: {self.case.name}"


def proof_name(proof: ProofFile) -> str:
    """Name the kind of proof, the same for every SLO: `windows`, `minutes`."""
    return proof.path.rsplit(".", 2)[-2]


def trials(proofs: Sequence[ProofFile], groups: Sequence[RuleGroup]) -> tuple[Trial, ...]:
    """Cut proofs into trials."""
    roles = {role(rule) for group in groups for rule in group.rules}
    rules = sum(len(group.rules) for group in groups)
    return tuple(
        Trial(
            proof=proof,
            case=case,
            text=test_text(proof, (case,)),
            cost=_cost(proof, case, rules),
            looks_at=_looks_at(case, roles),
            plays=frozenset(s.metric for s in case.series),
        )
        for proof in proofs
        for case in proof.cases
    )


def test_text(proof: ProofFile, cases: tuple[Case, ...]) -> str:
    """Print some cases of a proof, to be run in a folder with rules of its own."""
    return proof_file(replace(proof, rule_file=RULES, cases=cases)).text


def affected(changed: Rule, groups: Sequence[RuleGroup]) -> frozenset[str]:
    """Give the roles that a change to a rule can reach: its own, and whatever reads it, and so on."""
    rules = [rule for group in groups for rule in group.rules]
    reached, todo = {role(changed)}, [changed]
    while todo:
        source = todo.pop()
        if not isinstance(source, RecordingRule):
            continue
        for rule in rules:
            if role(rule) not in reached and _reads(rule, source.record):
                reached.add(role(rule))
                todo.append(rule)
    return frozenset(reached)


def _reads(rule: Rule, record: str) -> bool:
    if record in reads(rule):
        return True
    # The text of an alert may hold a query of its own.
    return isinstance(rule, AlertingRule) and any(record in text for text in rule.annotations.values())


def _looks_at(case: Case, roles: set[str]) -> frozenset[str]:
    found = {found for fired in case.fired for found in _of_alert(fired.alert, roles)}
    for holds in case.holds:
        for selector in selectors(holds.query):
            labels = {m.label: m.value for m in selector.matchers if m.op == "="}
            if not selector.metric:  # whatever has these labels
                found.update(roles)
            elif selector.metric == "ALERTS":
                found.update(_of_alert(" ".join(labels[k] for k in ("alertname", "long") if k in labels), roles))
            elif selector.metric in roles:
                found.add(selector.metric)
    return frozenset(found)


def _of_alert(name: str, roles: set[str]) -> Iterator[str]:
    yield from (r for r in roles if r == name or r.startswith(f"{name} "))


def _cost(proof: ProofFile, case: Case, rules: int) -> int:
    last = max((*(f.minute for f in case.fired), *(h.minute for h in case.holds)), default=0)
    samples = sum(int(n) + 1 for s in case.series for n in REPEATS.findall(s.values))
    # Starting a program, evaluating a rule, storing a sample: measured, in microseconds.
    return 40_000 + 80 * rules * (last // proof.every + 1) + samples // 2
