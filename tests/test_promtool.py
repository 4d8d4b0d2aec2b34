"""The answers of the real promtool 2.x and 3.x, amtool and Blackbox Exporter, read as values."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from relrails.promtool import (
    Checked,
    Failure,
    Finding,
    Promtool,
    ToolMissingError,
    ToolTimeoutError,
    amtool_check_config,
    blackbox_check_config,
)
from relrails.promtool.testfile import milliseconds
from relrails.toolchain import Tool

GOOD_RULES = """\
groups:
  - name: g
    rules:
      - {record: "a:b", expr: "sum(up)"}
      - {alert: Down, expr: "up == 0", labels: {severity: page}, annotations: {summary: "{{ $labels.job }} is down"}}
"""
PASSING_TEST = """\
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - name: the sum of one target is one
    interval: 1m
    input_series: [{series: 'up{job="a"}', values: 1x10}]
    promql_expr_test:
      - {expr: "a:b", eval_time: 5m, exp_samples: [{labels: "a:b", value: 1}]}
"""


def write(folder: Path, name: str, text: str) -> Path:
    """A file, and its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def rules(folder: Path, *rule: str, name: str = "rules.yml") -> Path:
    """A rule file with one group `g`, a line for each rule."""
    return write(folder, name, "groups:\n  - name: g\n    rules:\n" + "".join(f"      - {line}\n" for line in rule))


def only(checked: Checked) -> Finding:
    """The one problem of a check that failed."""
    assert not checked.ok
    (problem,) = checked.problems
    return problem


# check rules


def test_good_rules_are_ok_and_counted(promtool: Promtool, tmp_path: Path) -> None:
    checked = promtool.check_rules([write(tmp_path, "rules.yml", GOOD_RULES)])

    assert checked.ok
    assert (checked.exit_code, checked.rules, checked.problems) == (0, 2, ())


def test_a_syntax_error_names_file_line_column_group_and_rule(promtool: Promtool, tmp_path: Path) -> None:
    file = rules(tmp_path, '{record: "a:b", expr: "sum(up)"}', '{alert: "A, \\"x\\": y", expr: "sum(up"}')

    assert only(promtool.check_rules([file])) == Finding(
        file=str(file),
        line=5,
        column=38,
        group="g",
        rule='A, "x": y',
        message="could not parse expression: 1:7: parse error: unclosed left parenthesis",
    )


def test_a_type_error_in_a_block_names_the_block(promtool: Promtool, tmp_path: Path) -> None:
    file = rules(tmp_path, 'record: "a:b"\n        expr: |\n          sum(\n            rate(x)\n          )')

    problem = only(promtool.check_rules([file]))

    assert (problem.line, problem.rule) == (5, "a:b")
    assert problem.message.endswith('expected type range vector in call to function "rate", got instant vector')
    assert str(problem).startswith(f"{file}:5:15: group 'g', rule 'a:b': could not parse")


def test_a_rule_with_two_names_is_placed_at_the_first(promtool: Promtool, tmp_path: Path) -> None:
    problem = only(promtool.check_rules([rules(tmp_path, '{record: "c:d", alert: X, expr: "sum(up)"}')]))

    assert (problem.line, problem.column, problem.rule) == (4, 18, "X")
    assert problem.message == "only one of 'record' and 'alert' must be set"


def test_a_rule_without_a_name_is_known_by_its_number_and_has_no_place(promtool: Promtool, tmp_path: Path) -> None:
    problem = only(promtool.check_rules([rules(tmp_path, '{record: "c:d", expr: "sum(up)"}', '{expr: "up"}')]))

    assert (problem.rule, problem.line, problem.column) == ("#2", None, None)
    assert problem.message == "one of 'record' or 'alert' must be set"


def test_a_bad_template_is_reported_with_its_rule(promtool: Promtool, tmp_path: Path) -> None:
    problem = only(promtool.check_rules([rules(tmp_path, '{alert: A, expr: up, annotations: {s: "{{ nope }}"}}')]))

    assert (problem.group, problem.rule) == ("g", "A")
    assert 'function "nope" not defined' in problem.message


def test_unknown_fields_are_one_problem_for_each_line(promtool: Promtool, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "rules.yml",
        'groups:\n  - name: g\n    nope: 1\n    rules:\n      - {record: "a:b", expr: "up", forr: 5m}\n',
    )

    problems = promtool.check_rules([file]).problems

    assert [(problem.file, problem.line) for problem in problems] == [(str(file), 3), (str(file), 5)]
    assert problems[0].message.startswith("field nope not found")


@pytest.mark.parametrize(("text", "line"), [("groups:\n  - name: [\n", 2), ("groups: 3\n", 1)])
def test_yaml_that_is_broken_or_of_the_wrong_shape_has_a_line(
    promtool: Promtool, tmp_path: Path, text: str, line: int
) -> None:
    problems = promtool.check_rules([write(tmp_path, "rules.yml", text)]).problems

    assert {problem.line for problem in problems} == {line}
    assert len(problems) == len(set(problems))


def test_a_repeated_group_names_the_group(promtool: Promtool, tmp_path: Path) -> None:
    group = '  - {name: "a b", rules: [{record: "a:b", expr: up}]}\n'
    file = write(tmp_path, "rules.yml", f"groups:\n{group}{group.replace('a:b', 'a:c')}")

    assert only(promtool.check_rules([file])).group == "a b"


def test_a_bad_duration_is_a_problem_of_the_file(promtool: Promtool, tmp_path: Path) -> None:
    problem = only(promtool.check_rules([rules(tmp_path, '{alert: A, expr: "up", for: 5q}')]))

    assert problem.file == str(tmp_path / "rules.yml")
    assert "5q" in problem.message


def test_duplicate_rules_are_problems_with_their_names_and_labels(promtool: Promtool, tmp_path: Path) -> None:
    twice = ['{record: "a:b", expr: "sum(up)"}'] * 2
    labelled = ['{record: "c:d", expr: "sum(up)", labels: {x: y, z: "a: b"}}'] * 2
    file = rules(tmp_path, *twice, *labelled)

    checked = promtool.check_rules([file])

    assert checked.exit_code == 3
    assert [(problem.file, problem.rule) for problem in checked.problems] == [(str(file), "a:b"), (str(file), "c:d")]
    assert "{x: y, z: a: b}" in checked.problems[1].message
    assert promtool.check_rules([file], lint="none").ok


@pytest.mark.parametrize("text", ["", "groups: []\n", "groups:\n  - {name: g, rules: []}\n"])
def test_a_file_without_rules_is_a_problem_although_promtool_passes_it(
    promtool: Promtool, tmp_path: Path, text: str
) -> None:
    file = write(tmp_path, "rules.yml", text)

    checked = promtool.check_rules([file])

    assert checked.exit_code == 0
    assert only(checked) == Finding(file=str(file), message="holds no rule, which promtool calls a success")


def test_of_many_files_each_problem_is_with_its_own(promtool: Promtool, tmp_path: Path) -> None:
    good = write(tmp_path, "good.yml", GOOD_RULES)
    twice = rules(tmp_path, *['{record: "a:b", expr: "sum(up)"}'] * 2, name="twice.yml")
    syntax = rules(tmp_path, '{record: "a:b", expr: "sum(up"}', name="syntax.yml")
    empty = write(tmp_path, "empty.yml", "")
    absent = tmp_path / "absent.yml"

    checked = promtool.check_rules([good, twice, absent, syntax, empty, good])

    assert {problem.file for problem in checked.problems} == {str(twice), str(absent), str(syntax), str(empty)}
    assert checked.rules == 2


def test_a_file_that_is_not_there_is_a_problem_not_an_exception(promtool: Promtool, tmp_path: Path) -> None:
    assert only(promtool.check_rules([tmp_path / "no.yml"])).message == "there is no such file"
    assert only(promtool.check_config(tmp_path / "no.yml")).message == "there is no such file"
    (failure,) = promtool.test_rules([tmp_path / "no.yml"]).failures
    assert failure.message == "there is no such file"


def test_a_file_name_that_looks_like_an_option_is_a_file_name(
    promtool: Promtool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "--help", GOOD_RULES)

    assert promtool.check_rules(["--help"]).rules == 2


def test_a_check_of_nothing_is_our_own_mistake(promtool: Promtool) -> None:
    with pytest.raises(ValueError, match="a check of nothing would pass"):
        promtool.check_rules([])
    with pytest.raises(ValueError, match="a check of nothing would pass"):
        promtool.test_rules([])


# check config


def test_a_good_configuration_is_checked_with_its_rule_files(promtool: Promtool, tmp_path: Path) -> None:
    write(tmp_path, "rules/a.yml", GOOD_RULES)
    config = write(tmp_path, "prometheus.yml", 'rule_files: ["rules/*.yml"]\n')

    checked = promtool.check_config(config)

    assert checked.ok
    assert checked.rules == 2


def test_a_pattern_of_rule_files_that_matches_nothing_is_a_problem(promtool: Promtool, tmp_path: Path) -> None:
    write(tmp_path, "rules/a.yml", GOOD_RULES)
    config = write(tmp_path, "prometheus.yml", 'rule_files: ["rules/*.yml", "rulez/*.yml"]\n')

    checked = promtool.check_config(config)

    assert checked.exit_code == 0
    assert only(checked) == Finding(file=str(config), message="rule_files: rulez/*.yml matches no file")


def test_a_rule_file_named_in_full_that_is_not_there_is_one_problem(promtool: Promtool, tmp_path: Path) -> None:
    config = write(tmp_path, "prometheus.yml", "rule_files: [rules.yml]\n")

    problem = only(promtool.check_config(config))

    assert problem.file == str(config)
    assert problem.message.endswith('rules.yml" does not point to an existing file')


def test_an_empty_configuration_is_a_problem(promtool: Promtool, tmp_path: Path) -> None:
    checked = promtool.check_config(write(tmp_path, "prometheus.yml", ""))

    assert checked.exit_code == 0
    assert only(checked).message == "holds no configuration, which promtool calls a success"


def test_problems_of_rule_files_are_told_with_the_rule_file(promtool: Promtool, tmp_path: Path) -> None:
    bad = rules(tmp_path, '{record: "a:b", expr: "sum(up"}', name="bad.yml")
    empty = write(tmp_path, "empty.yml", "groups: []\n")
    twice = rules(tmp_path, *['{record: "a:b", expr: "sum(up)"}'] * 2, name="twice.yml")
    config = write(tmp_path, "prometheus.yml", "rule_files: [bad.yml, empty.yml, twice.yml]\n")

    problems = promtool.check_config(config).problems

    assert {(problem.file, problem.rule) for problem in problems} == {
        (str(bad), "a:b"),
        (str(empty), None),
        (str(twice), "a:b"),
    }


def test_an_unknown_field_of_the_configuration_has_a_line(promtool: Promtool, tmp_path: Path) -> None:
    config = write(tmp_path, "prometheus.yml", "global:\n  scrape_interval: 10s\n  nope: 1\n")

    problem = only(promtool.check_config(config))

    assert (problem.file, problem.line) == (str(config), 3)
    assert problem.message.startswith("field nope not found")


def test_a_contradiction_in_the_configuration_is_told_without_noise(promtool: Promtool, tmp_path: Path) -> None:
    text = "scrape_configs: [{job_name: x, scrape_interval: 1s, scrape_timeout: 5s}]\n"

    problem = only(promtool.check_config(write(tmp_path, "prometheus.yml", text)))

    assert problem.message == 'scrape timeout greater than scrape interval for scrape config with job name "x"'


# test rules


@pytest.fixture
def tests_here(tmp_path: Path) -> Path:
    """A folder with the rules that the tests below are about."""
    write(tmp_path, "rules.yml", GOOD_RULES)
    return tmp_path


def group(name: str, *assertions: str, up: str = "1x10", kind: str = "promql_expr_test") -> str:
    """One test group: a name, one input series, and assertions of one kind."""
    lines = "".join(f"      - {assertion}\n" for assertion in assertions)
    header = f"  - name: {name}\n    interval" if name else "  - interval"
    series = f"    input_series: [{{series: 'up{{job=\"a\"}}', values: {up}}}]\n"
    return f"{header}: 1m\n{series}    {kind}:\n{lines}"


def about_rules(*groups: str) -> str:
    """A test file about rules.yml."""
    return "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n" + "".join(groups)


def sum_is(value: int, time: str = "5m") -> str:
    """An assertion about the recorded sum."""
    return f'{{expr: "a:b", eval_time: {time}, exp_samples: [{{labels: "a:b", value: {value}}}]}}'


def test_a_passing_file_is_ok_and_names_its_groups(promtool: Promtool, tests_here: Path) -> None:
    run = promtool.test_rules([write(tests_here, "t.yml", PASSING_TEST)])

    assert run.ok
    assert [file.groups for file in run.files] == [("the sum of one target is one",)]


def test_a_wrong_expectation_says_group_expression_time_expected_and_got(promtool: Promtool, tests_here: Path) -> None:
    file = write(
        tests_here, "t.yml", about_rules(group("good", sum_is(1)), group("bad, really", sum_is(2, "1h30m"), up="1x99"))
    )

    (failure,) = promtool.test_rules([file]).failures

    assert (failure.file, failure.group, failure.kind) == (str(file), "bad, really", "expression")
    assert (failure.subject, failure.time) == ("a:b", "1h30m")
    assert (failure.expected, failure.got) == ('{__name__="a:b"} 2E+00', '{__name__="a:b"} 1E+00')


def test_a_time_written_otherwise_than_promtool_prints_it_is_the_same_time(
    promtool: Promtool, tests_here: Path
) -> None:
    file = write(
        tests_here, "t.yml", about_rules(group("a", sum_is(1, "90s")), group("b", sum_is(2, "90m"), up="1x99"))
    )

    assert [failure.group for failure in promtool.test_rules([file]).failures] == ["b"]


def test_an_expression_with_quotes_backslashes_and_other_alphabets_is_given_back(
    promtool: Promtool, tests_here: Path
) -> None:
    expression = 'count(up{job!="é \\"x\\"", instance!~"a\\\\.b"})'
    quoted = expression.replace("'", "''")
    assertion = f"{{expr: '{quoted}', eval_time: 5m, exp_samples: [{{labels: '{{}}', value: 7}}]}}"
    file = write(tests_here, "t.yml", about_rules(group("a", assertion), group("b", sum_is(1))))

    (failure,) = promtool.test_rules([file]).failures

    assert (failure.subject, failure.group) == (expression, "a")


def test_an_alert_that_should_not_fire_is_told_with_what_fired(promtool: Promtool, tests_here: Path) -> None:
    quiet = group("quiet", "{alertname: Down, eval_time: 5m, exp_alerts: []}", up="0x10", kind="alert_rule_test")
    file = write(tests_here, "t.yml", about_rules(quiet, group("fine", sum_is(1))))

    (failure,) = promtool.test_rules([file]).failures

    assert (failure.kind, failure.group, failure.subject, failure.time) == ("alert", "quiet", "Down", "5m")
    assert failure.expected == "[]"
    assert failure.got is not None
    assert 'Labels:{alertname="Down", job="a", severity="page"}' in failure.got


def test_an_alert_with_other_labels_is_told_with_both(promtool: Promtool, tests_here: Path) -> None:
    alert = '{exp_labels: {severity: page, job: b}, exp_annotations: {summary: "two\\n\\nlines"}}'
    assertion = f"{{alertname: Down, eval_time: 6m, exp_alerts: [{alert}]}}"
    groups = [group(name, assertion, up="0x10", kind="alert_rule_test") for name in ("one", "two")]

    failures = promtool.test_rules([write(tests_here, "t.yml", about_rules(*groups))]).failures

    assert [failure.group for failure in failures] == ["one", "two"]
    assert all('job="b"' in (failure.expected or "") for failure in failures)
    assert all('job="a"' in (failure.got or "") for failure in failures)


def test_the_same_assertion_in_two_groups_is_told_of_the_group_in_which_it_fails(
    promtool: Promtool, tests_here: Path
) -> None:
    groups = [group("zero", sum_is(1), up="0x10"), group("one", sum_is(1)), group("two", sum_is(1), up="2x10")]
    file = write(tests_here, "t.yml", about_rules(*groups))

    failures = promtool.test_rules([file]).failures

    assert [(failure.file, failure.group, failure.got) for failure in failures] == [
        (str(file), "zero", '{__name__="a:b"} 0E+00'),
        (str(file), "two", '{__name__="a:b"} 2E+00'),
    ]


def test_groups_without_a_name_are_numbered(promtool: Promtool, tests_here: Path) -> None:
    file = write(tests_here, "t.yml", about_rules(group("", sum_is(1)), group("", sum_is(1), up="0x10")))

    assert [failure.group for failure in promtool.test_rules([file]).failures] == ["unnamed#1"]


@pytest.mark.parametrize("name", ["off", "007", "'it reads: yaml: well'"])
def test_a_group_keeps_a_name_that_looks_like_something_else(promtool: Promtool, tests_here: Path, name: str) -> None:
    quiet = "{alertname: Down, eval_time: 5m, exp_alerts: []}"
    groups = [group(name, quiet, up="0x10", kind="alert_rule_test"), group("other", sum_is(1))]

    run = promtool.test_rules([write(tests_here, "t.yml", about_rules(*groups))])

    assert run.files[0].groups == (name.strip("'"), "other")
    assert [failure.group for failure in run.failures] == [name.strip("'")]


def test_input_that_looks_like_a_number_stays_what_it_is_when_groups_run_alone(
    promtool: Promtool, tests_here: Path
) -> None:
    # To YAML an unquoted 0x10 is sixteen, to promtool it is a zero and ten more.
    groups = [group("ten", sum_is(1), up="0x10"), group("twenty", sum_is(1), up="0x20")]

    failures = promtool.test_rules([write(tests_here, "t.yml", about_rules(*groups))]).failures

    assert [(failure.group, failure.got) for failure in failures] == [
        ("ten", '{__name__="a:b"} 0E+00'),
        ("twenty", '{__name__="a:b"} 0E+00'),
    ]


def test_a_rule_that_fails_to_evaluate_is_told_of_the_group_whose_series_it_met(
    promtool: Promtool, tests_here: Path
) -> None:
    rules(tests_here, '{record: "a:b", expr: "up * on() up"}')
    clash = group("clash", sum_is(1)).replace("]\n", ", {series: 'up{job=\"b\"}', values: 1x10}]\n", 1)
    file = write(tests_here, "t.yml", about_rules(group("alone", sum_is(1)), clash))

    (failure,) = promtool.test_rules([file]).failures

    assert (failure.group, failure.kind) == ("clash", "error")
    assert "many-to-many matching not allowed" in failure.message


def test_a_broken_rule_file_is_one_failure_of_the_file(promtool: Promtool, tests_here: Path) -> None:
    rules(tests_here, '{record: "a:b", expr: "sum(up"}')
    file = write(tests_here, "t.yml", about_rules(group("a", sum_is(1)), group("b", sum_is(1))))

    (failure,) = promtool.test_rules([file]).failures

    assert (failure.file, failure.group, failure.kind) == (str(file), None, "error")
    assert "unclosed left parenthesis" in failure.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tests: [\n", "did not find expected node content"),
        ("rule_files: [rules.yml]\ntests:\n  - {name: a, intervall: 1m}\n", "field intervall not found"),
        ("rule_files: [rules.yml]\ngroup_eval_order: [g, g]\ntests: []\n", "group name repeated"),
        (about_rules(group("a", sum_is(1), up="1xx")), "parse error"),
        (about_rules(group("a", '{expr: "sum(", eval_time: 5m}')), "parse error"),
        (about_rules(group("a", "{eval_time: 1m}", kind="alert_rule_test")), "misses required attribute alertname"),
    ],
)
def test_a_test_file_that_promtool_refuses_is_told_with_its_reason(
    promtool: Promtool, tests_here: Path, text: str, message: str
) -> None:
    file = write(tests_here, "t.yml", text)

    run = promtool.test_rules([file])

    assert not run.ok
    assert any(failure.file == str(file) and message in failure.message for failure in run.failures)


NEVER_FIRES = about_rules(group("quiet", "{alertname: X, eval_time: 5m, exp_alerts: []}", kind="alert_rule_test"))


@pytest.mark.parametrize(
    ("text", "group_name", "reason"),
    [
        (NEVER_FIRES.replace("rules.yml", "none/*.yml"), None, "none/*.yml matches no file"),
        (NEVER_FIRES.replace("rules.yml", "none.yml"), None, "none.yml matches no file"),
        (NEVER_FIRES.replace("rules.yml", "empty.yml"), None, "empty.yml holds no rule"),
        ("rule_files: [rules.yml]\ntests: []\n", None, "holds no test"),
        ("rule_files: [rules.yml]\n", None, "holds no test"),
        ("", None, "holds no test"),
        (NEVER_FIRES.replace("rule_files: [rules.yml]", ""), None, "names no rule file"),
        (about_rules("  - {name: idle, interval: 1m}\n"), "idle", "asserts nothing"),
    ],
)
def test_a_file_that_tests_nothing_fails_although_promtool_passes_it(
    promtool: Promtool, tests_here: Path, text: str, group_name: str | None, reason: str
) -> None:
    write(tests_here, "empty.yml", "groups: []\n")
    run = promtool.test_rules([write(tests_here, "t.yml", text)])

    assert run.exit_code == 0
    assert not run.ok
    assert [failure.group for failure in run.failures if failure.kind == "vacuous" and reason in failure.message] == [
        group_name
    ]


def test_of_many_test_files_each_failure_is_with_its_own(promtool: Promtool, tests_here: Path) -> None:
    good = write(tests_here, "good.yml", PASSING_TEST)
    bad = write(tests_here, "bad.yml", about_rules(group("a", sum_is(2)), group("b", sum_is(2))))
    broken = write(tests_here, "broken.yml", "tests: [\n")
    idle = write(tests_here, "idle.yml", "rule_files: [rules.yml]\n")
    absent = tests_here / "absent.yml"

    run = promtool.test_rules([bad, good, absent, broken, idle, good])

    assert [(file.file, file.ok, len(file.failures)) for file in run.files] == [
        (str(bad), False, 2),
        (str(good), True, 0),
        (str(absent), False, 1),
        (str(broken), False, 1),
        (str(idle), False, 1),
    ]
    assert [failure.group for failure in run.files[0].failures] == ["a", "b"]


def test_both_generations_tell_the_same_failures(promtools: tuple[Tool, ...], tests_here: Path) -> None:
    groups = [group("zero", sum_is(1), up="0x10"), group("one", sum_is(1)), group("", sum_is(3))]
    file = write(tests_here, "t.yml", about_rules(*groups))

    def told(failure: Failure) -> tuple[str | None, ...]:
        return (failure.group, failure.subject, failure.time, failure.expected, failure.got)

    answers = {tuple(map(told, Promtool(tool).test_rules([file]).failures)) for tool in promtools}

    assert len(answers) == 1
    assert [failure[0] for failure in answers.pop()] == ["zero", "unnamed#2"]


# our own mistakes, and tools that do not behave


@dataclass(frozen=True)
class Program:
    """A stand-in for a promtool that misbehaves, which no real one does on demand."""

    path: Path
    version: tuple[int, ...] = (3, 5, 3)


def script(folder: Path, body: str) -> Path:
    """A program that does this."""
    path = write(folder, "program", f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_a_promtool_that_is_missing_or_for_another_machine_is_a_named_error(tmp_path: Path) -> None:
    file = write(tmp_path, "rules.yml", GOOD_RULES)
    with pytest.raises(ToolMissingError, match="absent does not run: No such file"):
        Promtool(Program(tmp_path / "absent")).check_rules([file])
    foreign = script(tmp_path, "")
    foreign.write_bytes(b"\x7fELF")
    with pytest.raises(ToolMissingError, match="program does not run"):
        Promtool(Program(foreign)).check_rules([file])


def test_a_promtool_that_never_answers_is_a_named_error(tmp_path: Path) -> None:
    slow = Promtool(Program(script(tmp_path, "exec sleep 60")), timeout_seconds=0.2)

    with pytest.raises(ToolTimeoutError, match=r"check rules took longer than 0\.2 s"):
        slow.check_rules([write(tmp_path, "rules.yml", GOOD_RULES)])


@pytest.mark.parametrize("version", [(2, 42, 0), (3, 5, 3)])
def test_a_promtool_that_dies_or_says_nothing_is_never_a_success(tmp_path: Path, version: tuple[int, ...]) -> None:
    write(tmp_path, "rules.yml", GOOD_RULES)
    test = write(tmp_path, "t.yml", PASSING_TEST)
    dead = Promtool(Program(script(tmp_path, "echo panic: no memory; exit 2"), version))

    assert "promtool exited 2: panic: no memory" in str(dead.check_rules([test]).problems[0])
    assert "promtool exited 2: panic: no memory" in str(dead.check_config(test).problems[0])
    run = dead.test_rules([test])
    assert not run.ok
    assert [str(problem) for problem in run.problems] == ["promtool exited 2: panic: no memory"]

    silent = Promtool(Program(script(tmp_path, "exit 0"), version))
    assert not silent.check_rules([test]).ok
    assert not silent.check_config(test).ok
    assert not silent.test_rules([test]).ok


# its neighbours


def test_amtool_accepts_a_good_configuration_and_names_what_is_wrong_with_a_bad_one(
    amtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    good = write(tmp_path, "good.yml", "route: {receiver: r}\nreceivers: [{name: r}]\n")
    bad = write(tmp_path, "bad.yml", "route: {receiver: nope}\nreceivers: [{name: r}]\n")
    unknown = write(tmp_path, "unknown.yml", "route: {receiver: r}\nreceivers: [{name: r}]\nnope: 1\n")
    empty = write(tmp_path, "empty.yml", "")

    for amtool in (tool.path for tool in amtools):
        assert amtool_check_config(amtool, good).ok
        assert only(amtool_check_config(amtool, bad)).message == 'undefined receiver "nope" used in route'
        assert only(amtool_check_config(amtool, unknown)).line == 3
        assert only(amtool_check_config(amtool, empty)).message == "no route provided in config"
        assert "does not exist" in only(amtool_check_config(amtool, tmp_path / "absent.yml")).message


def test_amtool_templates_that_are_broken_or_not_there_are_problems(amtools: tuple[Tool, ...], tmp_path: Path) -> None:
    text = "route: {{receiver: r}}\nreceivers: [{{name: r}}]\ntemplates: [{}]\n"
    write(tmp_path, "broken.tmpl", '{{ define "x" }')
    broken = write(tmp_path, "broken.yml", text.format('"broken.tmpl"'))
    absent = write(tmp_path, "absent.yml", text.format('"none/*.tmpl"'))

    for amtool in (tool.path for tool in amtools):
        assert "broken.tmpl:1" in only(amtool_check_config(amtool, broken)).message
        assert only(amtool_check_config(amtool, absent)).message == "templates: none/*.tmpl matches no file"


def test_the_blackbox_exporter_accepts_a_good_configuration_and_names_what_is_wrong_with_a_bad_one(
    blackbox_exporters: tuple[Tool, ...], tmp_path: Path
) -> None:
    good = write(tmp_path, "good.yml", "modules: {a: {prober: http, timeout: 5s, http: {valid_status_codes: [200]}}}\n")
    unknown = write(tmp_path, "unknown.yml", "modules:\n  a:\n    prober: http\n    http:\n      valid_status: [200]\n")
    pattern = 'modules: {a: {prober: http, http: {fail_if_body_matches_regexp: ["a("]}}}\n'
    regexp = write(tmp_path, "regexp.yml", pattern)
    broken = write(tmp_path, "broken.yml", "a: [\n")

    for exporter in (tool.path for tool in blackbox_exporters):
        assert blackbox_check_config(exporter, good).ok
        problem = only(blackbox_check_config(exporter, unknown))
        assert (problem.file, problem.line) == (str(unknown), 5)
        assert 'regexp="a("' in only(blackbox_check_config(exporter, regexp)).message
        assert only(blackbox_check_config(exporter, broken)).line == 1
        assert "no such file" in only(blackbox_check_config(exporter, tmp_path / "absent.yml")).message


def test_a_neighbour_that_dies_without_a_word_is_never_a_success(tmp_path: Path) -> None:
    config = write(tmp_path, "c.yml", "a: b\n")
    dead = script(tmp_path, "echo Killed; exit 137")

    for checked in (amtool_check_config(dead, config), blackbox_check_config(dead, config)):
        assert only(checked).message == "the tool exited 137: Killed"


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("90m", 5_400_000), ("1h30m", 5_400_000), ("250ms", 250), ("soon", None), ("", None)]
)
def test_durations_compare_by_their_length(text: str, value: int | None) -> None:
    assert milliseconds(text) == value
