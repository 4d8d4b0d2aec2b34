"""Rules that are broken on purpose fail a proof; what a proof cannot notice is declared, with its reason."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from zoo import SLOS, zoo

from relrails import Service, mutants, prove
from relrails.cli import main
from relrails.loader import load
from relrails.mutants import Fate, Outcome, Plan, equivalents
from relrails.mutants.equivalents import EQUIVALENTS, Equivalent
from relrails.mutants.judging import Bench, judge
from relrails.mutants.making import mutants_of
from relrails.mutants.operators import EXPRESSION_OPERATORS, RULE_OPERATORS, Surroundings
from relrails.mutants.operators.kinds import RuleChange
from relrails.mutants.places import places
from relrails.mutants.report import Report, as_json, as_text, verdict
from relrails.mutants.running import Job, Noticed, run
from relrails.mutants.trials import affected, trials
from relrails.mutants.values import Mutant, mutated, role, rules_text
from relrails.promql import (
    Expr,
    Selector,
    absent,
    and_,
    clamp_min,
    compare,
    last_over_time,
    number,
    or_,
    product,
    quotient,
    rate,
    selector,
    sum_by,
    sum_over_time,
    text,
    unless,
    vector,
)
from relrails.promtool import Promtool
from relrails.prove.values import ProofFile
from relrails.render.prometheus import rule_file
from relrails.rules import AlertingRule, RecordingRule, RuleGroup, rule_groups
from relrails.slo import SLO
from relrails.toolchain import Tool
from relrails.units import Duration, hours, minutes

SAMPLED, SAMPLE = "availability", 40
"""The SLO, of both services, that `make test` mutates, and how many of its mutants; `make mutants` runs them all."""
X, Y = Selector("x"), Selector("y")
BAD, TOTAL = Selector("slo:sli_bad:rate"), Selector("slo:sli_total:rate")
LIMIT = number(Decimal("0.1"))
WINDOWS: tuple[Duration, ...] = (5 * minutes, 1 * hours)
RECORDS = ("slo:sli_bad:rate", "slo:sli_total:rate", "slo:sli_error:ratio_rate5m", "slo:sli_error:ratio_rate1h")
ALERT = AlertingRule(
    alert="Down",
    expr=compare(X, ">", LIMIT),
    for_=10 * minutes,
    labels={"severity": "page", "slo": "a"},
    annotations={"summary": "at {{ $value | humanizePercentage }}"},
)
RECORD = RecordingRule(record="y", expr=X, labels={"slo": "a"})
GROUP = RuleGroup(name="g", interval=1 * minutes, rules=(RecordingRule(record="x", expr=Y, labels={}), RECORD, ALERT))


# the changes that each operator makes


@pytest.mark.parametrize(
    ("operator", "expr", "expected"),
    [
        ("threshold", compare(X, ">", LIMIT), "x > 0.05; x > 0.09; x > 0.11; x > 0.2"),
        ("threshold", compare(X, ">", number(0)), "x > -1; x > 1"),
        ("threshold", product(X, LIMIT), ""),
        ("number", product(X, number(60)), "x * 30; x * 54; x * 66; x * 120"),
        ("number", vector(1), "vector(0.5); vector(0.9); vector(1.1); vector(2)"),
        ("number", compare(X, ">", LIMIT), ""),
        (
            "window",
            sum_over_time(X, 5 * minutes),
            "sum_over_time(x[2m30s]); sum_over_time(x[10m]); sum_over_time(x[1h])",
        ),
        ("comparison", compare(X, ">", LIMIT), "x >= 0.1; x < 0.1; x <= 0.1; x == 0.1; x != 0.1; x > bool 0.1"),
        ("set operator", and_(X, Y), "x or y; x unless y"),
        ("set operator", unless(X, Y, ()), "x and on () y; x or on () y"),
        ("arithmetic", quotient(X, Y), "x + y; x - y; x * y"),
        ("operands swapped", quotient(X, Y), "y / x"),
        ("operands swapped", or_(X, Y), "y or x"),
        ("operands swapped", product(X, Y), ""),
        ("operand dropped", unless(X, Y), "x; y"),
        ("operand dropped", or_(X, product(number(0), Y)), "x; 0 * y; x or y"),
        ("matching", unless(X, Y, ()), "x unless y; x unless on (service) y"),
        ("matching", and_(X, Y, ("region",)), "x and y; x and on () y; x and on (region, service) y"),
        ("matching", and_(X, Y), ""),
        ("matcher dropped", selector("x", a="1", b="2"), 'x{b="2"}; x{a="1"}'),
        ("matcher negated", selector("x", a="1"), 'x{a!="1"}'),
        ("metric", BAD, "slo:sli_total:rate"),
        ("metric", Selector("slo:sli_error:ratio_rate5m"), "slo:sli_error:ratio_rate1h"),
        ("metric", X, ""),
        ("function", rate(X, 5 * minutes), "irate(x[5m]); increase(x[5m]); delta(x[5m])"),
        (
            "function",
            last_over_time(X, 5 * minutes),
            "sum_over_time(x[5m]); avg_over_time(x[5m]); count_over_time(x[5m]); max_over_time(x[5m]); "
            "min_over_time(x[5m])",
        ),
        ("function", clamp_min(X, 0), "clamp_max(x, 0)"),
        ("function dropped", clamp_min(X, 0), "x"),
        ("function dropped", absent(X), "x"),
        ("function dropped", rate(X, 5 * minutes), ""),
        (
            "aggregation",
            sum_by(X, "a"),
            "max by (a) (x); avg by (a) (x); count by (a) (x); min by (a) (x); group by (a) (x); x",
        ),
        ("by", sum_by(selector("x", job="j")), 'sum by (instance) (x{job="j"}); sum by (job) (x{job="j"})'),
        ("by", sum_by(X, "a", "b"), "sum by (a, b, instance) (x); sum by (b) (x); sum by (a) (x)"),
    ],
)
def test_an_operator_changes_an_expression_in_these_ways(operator: str, expr: Expr, expected: str) -> None:
    around = Surroundings(WINDOWS, RECORDS)
    changed = [text(c.expr) for place in places(expr) for c in EXPRESSION_OPERATORS[operator](place, around)]

    assert changed == [line for line in expected.split("; ") if line]


def said(operator: str, rule: AlertingRule | RecordingRule) -> dict[str, RuleChange]:
    return {change.what: change for change in RULE_OPERATORS[operator](rule, GROUP)}


def test_a_wait_is_dropped_halved_and_doubled_and_added_where_there_was_none() -> None:
    assert list(said("for", ALERT)) == ["10m -> none", "10m -> 5m", "10m -> 20m"]
    assert list(said("for", replace(ALERT, for_=None))) == ["none -> 1m"]
    assert not said("for", RECORD)


@pytest.mark.parametrize(
    ("operator", "rule", "expected"),
    [
        ("label lost", ALERT, [{"slo": "a"}, {"severity": "page"}]),
        ("label changed", ALERT, [{"severity": "ticket", "slo": "a"}, {"severity": "page", "slo": "a-changed"}]),
        ("label added", RECORD, [{"slo": "a", "added": "1"}]),
    ],
)
def test_labels_are_lost_changed_and_added(
    operator: str, rule: AlertingRule | RecordingRule, expected: list[dict[str, str]]
) -> None:
    assert [changed.labels for c in said(operator, rule).values() for changed in c.becomes] == expected


def test_annotations_are_lost_and_changed_in_text_and_in_template() -> None:
    lost, changed = said("annotation lost", ALERT), said("annotation changed", ALERT)

    assert [r.annotations for c in lost.values() for r in c.becomes if isinstance(r, AlertingRule)] == [{}]
    assert [r.annotations["summary"] for c in changed.values() for r in c.becomes if isinstance(r, AlertingRule)] == [
        "at {{ $value | humanizePercentage }} changed",
        "at {{ $value | humanize }}",
        "at {{ 1 | humanizePercentage }}",
    ]


def test_a_rule_is_renamed_deleted_and_moved_before_what_it_reads() -> None:
    alert = Mutant(rule="Down", operator="order", where="", change="", group=0, index=2, becomes=(ALERT,), moved=True)

    assert [r.record for c in said("name", RECORD).values() for r in c.becomes if isinstance(r, RecordingRule)] == [
        "y_renamed"
    ]
    assert [c.becomes for c in said("rule", ALERT).values()] == [()]
    assert [c.moved for c in said("order", ALERT).values()] == [True]
    assert not said("order", replace(ALERT, expr=compare(Selector("elsewhere"), ">", LIMIT)))
    assert [role(r) for r in mutated((GROUP,), (alert,))[0].rules] == ["Down", "x", "y"]


# all mutants of a rule file


def test_every_mutant_is_another_rule_that_the_grammar_takes() -> None:
    groups = rule_groups(zoo, SLOS[0])
    found = mutants_of(groups)
    printed = {rules_text(mutated(groups, (m,))) for m in found[::20]}

    assert len({str(m) for m in found}) == len(found)
    assert len(printed) == len(found[::20])
    assert rules_text(groups) not in printed


def test_every_operator_finds_something_to_change() -> None:
    some = [slo for slo in SLOS if slo.name in ("by-region", "latency")]
    used = {m.operator for slo in some for m in mutants_of(rule_groups(zoo, slo))}

    assert used == {*EXPRESSION_OPERATORS, *RULE_OPERATORS}


def test_mutants_are_printed_by_the_renderer_itself() -> None:
    of_file = rule_file(zoo, SLOS[0]).text.splitlines()[1:]

    assert rules_text(rule_groups(zoo, SLOS[0])).splitlines()[1:] == of_file


def test_a_change_reaches_whatever_reads_the_rule_and_the_texts_that_quote_it() -> None:
    groups = rule_groups(zoo, SLOS[0])
    rules = {role(rule): rule for group in groups for rule in group.rules}

    assert affected(rules["SLOExporterDown"], groups) == {"SLOExporterDown"}
    assert affected(rules["slo:sli_error:ratio_rate2h"], groups) == {
        "slo:sli_error:ratio_rate2h",
        "SLOErrorBudgetBurn 1d",
    }
    assert "SLOErrorBudgetBurn 1h" in affected(rules["slo:period_error_budget_remaining:ratio"], groups)
    assert affected(rules["slo:sli_total:rate"], groups) >= {"slo:sli_bad:rate", "SLOErrorBudgetSpent"}


def test_a_trial_looks_at_the_alert_of_the_tier_that_it_names() -> None:
    groups = rule_groups(zoo, SLOS[0])
    found = trials(prove.proofs(zoo, SLOS[0]), groups)
    outage = next(t for t in found if t.case.name.startswith("a total outage"))

    assert outage.looks_at == {"SLOErrorBudgetBurn 1h"}
    assert all(trial.looks_at for trial in found)


# what promtool says of a mutant

RULES = """\
groups:
- name: g
  rules:
  - record: r
    expr: {expr}
    labels: {{a: "1"}}
"""
TESTS = """\
rule_files: [rules.yml]
evaluation_interval: 1m
group_eval_order: [g]
tests:
- name: x is one
  interval: 1s
  input_series:
  - {series: 'x{i="1"}', values: 1x20000}
  - {series: 'x{i="2"}', values: 1x20000}
  promql_expr_test:
  - {expr: sum(r), eval_time: 200m, exp_samples: [{value: 2}]}
"""


@pytest.mark.parametrize(
    ("expr", "noticed"),
    [
        ("sum(x)", Noticed.NO),
        ("max(x)", Noticed.FAILED),
        ("label_replace(x, 'i', '', 'i', '.*')", Noticed.RULE_ERROR),
        ("sum(x) + 0 * sum(count_over_time(x[3h]))", Noticed.NO),
        ("sum(", Noticed.REFUSED),
    ],
)
def test_only_a_proof_that_fails_or_a_rule_that_cannot_be_evaluated_is_a_kill(
    expr: str, noticed: Noticed, promtool: Promtool, tmp_path: Path
) -> None:
    mutant, sound = (Job(tmp_path / name, RULES.format(expr=e), TESTS) for name, e in (("a", expr), ("b", "sum(x)")))
    found = run(promtool, [mutant, sound])

    assert [answer.noticed for answer in found] == [noticed, Noticed.NO]
    assert found[0].case == ("x is one" if noticed in (Noticed.FAILED, Noticed.RULE_ERROR) else "")


# the whole way


def judged(chosen: Iterable[Mutant], proofs: Sequence[ProofFile], tool: Tool, folder: Path) -> list[Outcome]:
    with ThreadPoolExecutor(2) as pool:
        bench = Bench("zoo/plain", SLOS[0], rule_groups(zoo, SLOS[0]), tuple(proofs), Promtool(tool), pool, folder)
        return list(judge(bench, tuple(chosen), lambda _: None))


def waits() -> list[Mutant]:
    """Mutants of how long SLOExporterDown waits."""
    return [m for m in mutants_of(rule_groups(zoo, SLOS[0])) if (m.rule, m.operator) == ("SLOExporterDown", "for")]


def minute_proofs() -> list[ProofFile]:
    return [p for p in prove.proofs(zoo, SLOS[0]) if p.path.endswith(".minutes.yml")]


def test_a_wait_that_is_changed_is_killed_by_the_case_that_times_it(
    promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    for tool in promtools:
        found = judged(waits(), minute_proofs(), tool, tmp_path)

        assert [o.fate for o in found] == [Fate.KILLED] * 3
        assert {o.proof for o in found} == {"minutes"}
        assert all("exporter" in o.case for o in found)


def test_a_mutant_survives_when_the_proof_that_kills_it_is_taken_away(
    promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    quiet = [
        replace(
            p, cases=tuple(c for c in p.cases if not any(f.alerts and f.alert == "SLOExporterDown" for f in c.fired))
        )
        for p in minute_proofs()
    ]
    found = judged(waits(), quiet, promtools[-1], tmp_path)
    report = Report(promtool="promtool", outcomes=tuple(found))

    assert [o.fate for o in found] == [Fate.SURVIVED] * 3
    assert not report.ok
    assert report.score == 0
    assert "survived: zoo/plain: SLOExporterDown: for: 5m -> none" in list(as_text(report))
    assert "3 survived: 0 %" in verdict(report)


def test_a_mutant_that_is_declared_equivalent_but_killed_is_an_error(
    promtools: tuple[Tool, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Equivalent(rule="SLOExporterDown", operator="for", change="5m -> none", reason="nobody waits")
    monkeypatch.setattr(equivalents, "EQUIVALENTS", (wrong, *EQUIVALENTS))
    found = judged(waits(), minute_proofs(), promtools[-1], tmp_path)
    report = Report(promtool="promtool", outcomes=tuple(found))

    assert sorted(o.fate.name for o in found) == ["KILLED", "KILLED", "STALE"]
    assert not report.ok
    assert any(line.startswith("declared equivalent, but killed: zoo/plain: SLOEx") for line in as_text(report))


def test_nothing_is_mutated_while_the_rules_fail_their_own_proofs(promtools: tuple[Tool, ...]) -> None:
    def of_another_slo(service: Service, slo: SLO) -> tuple[ProofFile, ...]:
        other = replace(slo, minimum_bad_events=50)
        return tuple(p for p in prove.proofs(service, other) if p.path.endswith(".alerts.yml"))

    report = mutants.mutate((replace(zoo, slos=SLOS[:1]),), promtools[-1], Plan(), proofs_of=of_another_slo)

    assert not report.ok
    assert report.outcomes == ()
    assert "zoo/plain: alerts: " in report.unsound[0]
    assert verdict(report) == "nothing was mutated: the rules do not pass their own proofs"


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    assert Plan(sample=5, seed=1).picks(1000) == Plan(sample=5, seed=1).picks(1000)
    assert Plan(sample=5, seed=1).picks(1000) != Plan(sample=5, seed=2).picks(1000)
    assert Plan(sample=5).picks(3) == Plan().picks(3) == {0, 1, 2}


def test_a_sample_of_the_mutants_of_the_two_services_is_killed(promtools: tuple[Tool, ...]) -> None:
    services = load(Path(__file__).parent.parent / "services").services
    report = mutants.mutate(services, promtools[-1], Plan(slo=SAMPLED, sample=SAMPLE, seed=1))

    assert report.ok, "\n".join(as_text(report))
    assert len(report.outcomes) == SAMPLE
    assert {m["fate"] for m in as_json(report)["mutants"]} <= {"killed", "killed by rule error", "equivalent"}


def test_every_declaration_has_a_reason_and_a_mutant() -> None:
    services = load(Path(__file__).parent.parent / "services").services
    every = [(m, slo) for s in services for slo in s.promises for m in mutants_of(rule_groups(s, slo))]

    for declared in EQUIVALENTS:
        assert len(declared.reason.split()) > 5, declared
        assert any(declared.covers(mutant, slo) for mutant, slo in every), declared


def test_an_slo_that_there_is_not_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(__file__).parent.parent / "services"

    assert main(["mutants", "--services", str(folder), "--service", "nobody"]) == 3
    assert "core-api/availability" in capsys.readouterr().err
