"""Reads the lines that promtool prints about rules and configurations."""

import ast
import re
from collections.abc import Iterator

from relrails.promtool.answers import Finding

QUOTED = r'"(?:[^"\\]|\\.)*"'
POSITION = re.compile(r"(\d+):(\d+): ")
RULE = re.compile(rf"group (?P<group>{QUOTED}), rule (?P<number>\d+), (?P<rule>{QUOTED}): (?P<message>.*)", re.DOTALL)
REPEATED_GROUP = re.compile(rf"groupname: (?P<group>{QUOTED}) is repeated")
YAML_LINE = re.compile(r"(?:yaml: )?line (?P<line>\d+): (?P<message>.*)", re.DOTALL)
NO_FILE = re.compile(r"promtool: error: (?P<message>.*?)(?:, try --help)?")
DUPLICATES = re.compile(r"lint error \d+ duplicate rule\(s\) found\.")
CHECKING = re.compile(r"Checking (?P<file>.+)")
RULES_FOUND = re.compile(r"SUCCESS: (?P<rules>\d+) rules found")
FAILED = re.compile(r"FAILED:(?: (?P<message>.+))?")


def unquoted(text: str) -> str:
    """The string behind Go's quotes, whose escapes are also Python's."""
    return str(ast.literal_eval(text))


def findings(output: str) -> Iterator[Finding]:
    """Everything that `check rules` or `check config` complained about, each once, with the file that it is about."""
    seen: set[Finding] = set()
    for finding in _findings(output):
        if finding not in seen:
            seen.add(finding)
            yield finding


def rule_counts(output: str) -> Iterator[tuple[str, int]]:
    """How many rules promtool counted in each file that it accepted."""
    file = ""
    for line in output.splitlines():
        if checking := CHECKING.fullmatch(line):
            file = checking["file"]
        elif found := RULES_FOUND.fullmatch(line.strip()):
            yield file, int(found["rules"])


def finding_in(line: str, file: str | None) -> Finding:
    """One complaint, taken apart as far as its text goes."""
    message = line.removeprefix(f"{file}: ") if file else line
    message = message.removeprefix(f"parsing YAML file {file}: ")
    position = None
    while place := POSITION.match(message):
        # 0:0 stands for "somewhere", and of two places the first is the rule's own.
        if position is None and place[1] != "0":
            position = (int(place[1]), int(place[2]))
        message = message[place.end() :]
    line_number, column = position or (None, None)
    if rule := RULE.fullmatch(message):
        name = unquoted(rule["rule"]) or f"#{rule['number']}"
        group = unquoted(rule["group"])
        return Finding(message=rule["message"], file=file, line=line_number, column=column, group=group, rule=name)
    if repeated := REPEATED_GROUP.match(message):
        return Finding(message=message, file=file, line=line_number, column=column, group=unquoted(repeated["group"]))
    if numbered := YAML_LINE.fullmatch(message):
        return Finding(message=numbered["message"], file=file, line=int(numbered["line"]))
    return Finding(message=message, file=file, line=line_number, column=column)


def _findings(output: str) -> Iterator[Finding]:
    file: str | None = None
    lines = iter(output.splitlines())
    for line in lines:
        text = line.strip()
        if checking := CHECKING.fullmatch(line):
            file = checking["file"]
        elif DUPLICATES.fullmatch(text):
            yield from _duplicates(lines, file)
        elif failed := FAILED.fullmatch(text):
            if failed["message"] and not failed["message"].endswith("yaml: unmarshal errors:"):
                yield finding_in(failed["message"], file)
        elif text and not text.startswith("SUCCESS: ") and not text.endswith("yaml: unmarshal errors:"):
            yield from _other(text, file)


def _other(text: str, file: str | None) -> Iterator[Finding]:
    if usage := NO_FILE.fullmatch(text):
        yield Finding(message=usage["message"])
    else:
        yield finding_in(text, file)


def _duplicates(lines: Iterator[str], file: str | None) -> Iterator[Finding]:
    """The names below a line of lint about rules that record the same series; takes those lines away."""
    rules: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("Metric: "):
            rules.append((line.removeprefix("Metric: "), []))
        elif line.startswith("\t") and rules:
            rules[-1][1].append(line.strip())
        elif line.startswith("Might cause"):
            break
    for rule, labels in rules:
        message = f"two rules make the same series, with the labels {{{', '.join(labels)}}}"
        yield Finding(message=message, file=file, rule=rule)
