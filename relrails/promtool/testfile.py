"""What a unit-test file asserts: read to name the group of a failure, and to see tests that test nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from relrails.promtool.patterns import has_rules, matches, read_yaml, resolved, texts, unmatched

UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000}
DURATION_PART = re.compile(r"(\d+)(ms|[smhdwy])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One test group: its name in reports, and the instants at which it asserts something."""

    name: str
    written_name: str
    expressions: frozenset[tuple[str, int]]
    alerts: frozenset[tuple[str, int]]

    @property
    def asserts(self) -> bool:
        """Whether anything is asserted at all."""
        return bool(self.expressions or self.alerts)


@dataclass(frozen=True, kw_only=True, slots=True)
class TestFile:
    """One test file as far as it can be read; promtool judges the rest."""

    __test__ = False  # pytest: not a test class

    path: str
    rule_files: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    unreadable: str | None = None

    def vacuous(self) -> Iterator[tuple[str | None, str]]:
        """Why this file would pass without a test of anything: the group, if one group is to blame, and the reason."""
        if self.unreadable is not None:
            yield None, f"cannot be read: {self.unreadable}"
            return
        file = Path(self.path)
        if not self.rule_files:
            yield None, "names no rule file"
        for pattern in unmatched(file, self.rule_files):
            yield None, f"rule_files: {pattern} matches no file"
        for rules in sorted({path for pattern in self.rule_files for path in matches(file, pattern)}):
            if not has_rules(rules):
                yield None, f"rule_files: {rules} holds no rule"
        if not self.groups:
            yield None, "holds no test"
        for group in self.groups:
            if not group.asserts:
                yield group.name, "asserts nothing: it has neither alert_rule_test nor promql_expr_test"


def read(path: str) -> TestFile:
    """Read a test file; what is wrong with it is told by promtool, not here."""
    try:
        content = read_yaml(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        return TestFile(path=path, unreadable=str(error).splitlines()[0])
    if not isinstance(content, dict):
        return TestFile(path=path)
    tests = content.get("tests")
    groups = tuple(_group(number, test) for number, test in enumerate(tests)) if isinstance(tests, list) else ()
    return TestFile(path=path, rule_files=texts(content.get("rule_files")), groups=groups)


def write_singly(path: str, folder: Path) -> list[Path]:
    """Copies of a test file that each keep one of its test groups, with the rule files named in full.

    The tree of nodes is cut, not the loaded values, so that every scalar is written as its author wrote it.
    """
    source = Path(path)
    root = yaml.compose(source.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    fields = {key.value: value for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}
    for pattern in fields["rule_files"].value if "rule_files" in fields else ():
        pattern.value = str(resolved(source, pattern.value))
    copies = []
    for number, test in enumerate(tuple(fields["tests"].value) if "tests" in fields else ()):
        fields["tests"].value = [test]
        copy = folder / f"{number}.yml"
        copy.write_text(yaml.serialize(root, Dumper=yaml.SafeDumper, allow_unicode=True), encoding="utf-8")
        copies.append(copy)
    return copies


def milliseconds(duration: str) -> int | None:
    """A Prometheus duration as a number, so that 90m and 1h30m are the same instant; None for anything else."""
    if duration == "0":
        return 0
    parts = DURATION_PART.findall(duration)
    if "".join(number + unit for number, unit in parts) != duration or not parts:
        return None
    return sum(int(number) * UNITS[unit] for number, unit in parts)


def _group(number: int, test: object) -> Group:
    fields: dict[str, object] = test if isinstance(test, dict) else {}
    written = fields.get("name")
    name = written if isinstance(written, str) else ""
    return Group(
        name=name or f"unnamed#{number}",
        written_name=name,
        expressions=_instants(fields.get("promql_expr_test"), "expr"),
        alerts=_instants(fields.get("alert_rule_test"), "alertname"),
    )


def _instants(assertions: object, key: str) -> frozenset[tuple[str, int]]:
    found = set()
    for assertion in assertions if isinstance(assertions, list) else ():
        if isinstance(assertion, dict):
            time = milliseconds(str(assertion.get("eval_time", "0")))
            found.add((str(assertion.get(key, "")), -1 if time is None else time))
    return frozenset(found)
