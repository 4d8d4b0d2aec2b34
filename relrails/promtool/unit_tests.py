"""Reads what `promtool test rules` says: its text up to 2.54, its JUnit report from 2.55 on."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from relrails.promtool.answers import Failure
from relrails.promtool.reading import QUOTED, RULE, unquoted
from relrails.promtool.testfile import Group, TestFile, milliseconds

EXPRESSION = re.compile(rf"expr: (?P<expr>{QUOTED}), time: (?P<time>\w+),\s*(?P<rest>.*)", re.DOTALL)
ALERT = re.compile(
    r"(?:name: (?P<name>.*?),\n\s*)?alertname: (?P<alert>.*?), time: (?P<time>\w+),\s*(?P<rest>.*)", re.DOTALL
)
NOT_YAML = re.compile(r"(?:.*?: )?yaml: ")
EXPECTED = re.compile(r"exp: ?(?P<expected>.*?),?\s*\n\s*got: ?(?P<got>.*)", re.DOTALL)


def failure(message: str, file: str, group: str | None) -> Failure:
    """One failure, taken apart as far as its text goes."""
    text = message.strip()
    if expression := EXPRESSION.fullmatch(text):
        compared = _compared(expression["rest"])
        subject, time = unquoted(expression["expr"]), expression["time"]
        return Failure(file=file, group=group, kind="expression", message=text, subject=subject, time=time, **compared)
    if alert := ALERT.fullmatch(text):
        compared = _compared(alert["rest"])
        subject, time = alert["alert"], alert["time"]
        return Failure(file=file, group=group, kind="alert", message=text, subject=subject, time=time, **compared)
    return Failure(file=file, group=group, kind="error", message=text)


def of_rule_file(complaint: Failure) -> bool:
    """Whether an error is about a rule file, so that promtool repeats it for every group."""
    return complaint.kind == "error" and bool(RULE.search(complaint.message) or NOT_YAML.match(complaint.message))


def from_junit(report: Path, files: tuple[TestFile, ...]) -> dict[str, list[Failure]]:
    """The failures of each file in a JUnit report; a file that the report does not know has no entry."""
    found: dict[str, list[Failure]] = {}
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - promtool wrote it
        file = suite.get("name", "")
        failures = found.setdefault(file, [])
        for case in suite.iter("testcase"):
            for complaint in case:
                one = failure(complaint.text or "", file, None)
                in_group = complaint.tag != "error" and not of_rule_file(one)
                failures.append(replace(one, group=case.get("name")) if in_group else one)
    known = {file.path for file in files}
    return {file: _once(failures) for file, failures in found.items() if file in known}


def from_text(output: str, files: tuple[TestFile, ...]) -> dict[str, list[Failure]]:
    """The failures of each file that the text tells of; of groups it knows only some, see attributed()."""
    found: dict[str, list[Failure]] = {}
    parts = re.split(r"^Unit Testing:  (.+)$", output, flags=re.MULTILINE)
    for file, said in zip(parts[1::2], parts[2::2], strict=True):
        if re.search(r"^  SUCCESS$", said, re.MULTILINE):
            found[file] = []
        elif "  FAILED:\n" in said:
            # Each error is followed by an empty line, and holds none.
            errors = said.split("  FAILED:\n", 1)[1].split("\n\n")
            found[file] = _once(failure(error, file, None) for error in errors if error.strip())
    known = {file.path for file in files}
    return {file: failures for file, failures in found.items() if file in known}


def owner(complaint: Failure, file: TestFile) -> Group | None:
    """The only group that can have made a failure, when there is only one."""
    candidates = [group for group in file.groups if _may_be_of(complaint, group)]
    return candidates[0] if len(candidates) == 1 else None


def _may_be_of(complaint: Failure, group: Group) -> bool:
    if complaint.kind == "error":
        return True
    time = milliseconds(complaint.time or "")
    if complaint.kind == "expression":
        return (complaint.subject, time) in group.expressions
    named = ALERT.fullmatch(complaint.message)
    name = named["name"] if named else None
    return (name or "") == group.written_name and (complaint.subject, time) in group.alerts


def _compared(rest: str) -> dict[str, str]:
    compared = EXPECTED.fullmatch(rest)
    return compared.groupdict() if compared else {}


def _once(failures: Iterator[Failure] | list[Failure]) -> list[Failure]:
    return list(dict.fromkeys(failures))
