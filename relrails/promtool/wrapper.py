"""promtool itself: three questions, typed answers."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

import yaml

from relrails.promtool.answers import Checked, Failure, Finding, TestedFile, TestRun
from relrails.promtool.patterns import read_yaml, texts, unmatched
from relrails.promtool.process import Output, run
from relrails.promtool.reading import findings, rule_counts
from relrails.promtool.testfile import TestFile, read, write_singly
from relrails.promtool.unit_tests import failure, from_junit, from_text, of_rule_file, owner

Lint = Literal["all", "duplicate-rules", "none"]
JUNIT_SINCE = (2, 55)
JUDGED = (0, 1, 3)  # fine, wrong, lint; every other exit code is not promtool's judgement but its end
CRASH_LINES = 10  # a panic prints the stacks of all goroutines; the reason is at the top
NO_MATCH = re.compile(r"^  WARNING: no file match pattern (.+)$", re.MULTILINE)


class Tool(Protocol):
    """A program and its version, for example from relrails.toolchain."""

    @property
    def path(self) -> Path:
        """Where the program is."""

    @property
    def version(self) -> tuple[int, ...]:
        """What it said to --version."""


@dataclass(frozen=True, slots=True)
class Promtool:
    """One promtool to ask; raises a ToolError when it cannot answer, never because of what the files say."""

    tool: Tool
    timeout_seconds: float = 600

    def check_rules(self, paths: Iterable[Path | str], *, lint: Lint = "all") -> Checked:
        """Whether rule files are well-formed and hold rules."""
        files = _given(paths)
        there, absent = _present(files)
        if not there:
            return Checked(exit_code=1, problems=absent)
        output = self._run("check", "rules", f"--lint={lint}", "--lint-fatal", "--", *there)
        return _checked(output, absent, there)

    def check_config(self, path: Path | str, *, lint: Lint = "all") -> Checked:
        """Whether a Prometheus configuration and the rule files that it names are well-formed."""
        file = str(path)
        _, absent = _present((file,))
        if absent:
            return Checked(exit_code=1, problems=absent)
        output = self._run("check", "config", f"--lint={lint}", "--lint-fatal", "--", file)
        return _checked(output, tuple(_empty_config(Path(file))), (file,))

    def test_rules(self, paths: Iterable[Path | str]) -> TestRun:
        """Whether unit tests pass, and have tested something."""
        files = _given(paths)
        there, absent = _present(files)
        read_files = tuple(read(file) for file in there)
        output, reported = self._test(read_files) if read_files else (Output(exit_code=1, text=""), {})
        tested = {file.path: self._tested(file, reported) for file in read_files}
        for missing in absent:
            reason = Failure(file=str(missing.file), group=None, kind="error", message=missing.message)
            tested[reason.file] = TestedFile(file=reason.file, groups=(), failures=(reason,))
        result = TestRun(exit_code=output.exit_code, files=tuple(tested[file] for file in files), output=output.text)
        return replace(result, problems=tuple(_of_the_run(result)))

    def _test(self, files: tuple[TestFile, ...]) -> tuple[Output, dict[str, list[Failure]]]:
        paths = [file.path for file in files]
        if self.tool.version < JUNIT_SINCE:
            output = self._run("test", "rules", "--", *paths)
            return output, from_text(output.text, files)
        with tempfile.TemporaryDirectory(prefix="relrails-") as folder:
            report = Path(folder) / "junit.xml"
            output = self._run("test", f"--junit={report}", "rules", "--", *paths)
            return output, from_junit(report, files) if report.exists() else {}

    def _tested(self, file: TestFile, reported: dict[str, list[Failure]]) -> TestedFile:
        names = tuple(group.name for group in file.groups)
        if file.path not in reported:
            lost = Failure(
                file=file.path, group=None, kind="error", message="promtool reported nothing about this file"
            )
            return TestedFile(file=file.path, groups=names, failures=(lost,))
        failures = reported[file.path]
        if self.tool.version < JUNIT_SINCE:
            failures = self._attributed(file, failures)
        vacuous = [
            Failure(file=file.path, group=group, kind="vacuous", message=reason)
            for group, reason in (() if failures and file.unreadable else file.vacuous())
        ]
        return TestedFile(file=file.path, groups=names, failures=(*failures, *vacuous))

    def _attributed(self, file: TestFile, failures: list[Failure]) -> list[Failure]:
        """The failures with their groups: by the assertion where only one group has it, else by a run of each alone."""
        known = [_with_owner(found, file) for found in failures]
        if not file.groups or all(found.group or of_rule_file(found) for found in known):
            return known
        with tempfile.TemporaryDirectory(prefix="relrails-") as folder:
            copies = write_singly(file.path, Path(folder))
            alone = tuple(TestFile(path=str(copy)) for copy in copies)
            reported = from_text(self._run("test", "rules", "--", *map(str, copies)).text, alone)
        singly = [
            failure(found.message, file.path, group.name)
            for copy, group in zip(copies, file.groups, strict=True)
            for found in reported.get(str(copy), [])
        ]
        # What fails only in company keeps no group: that is a property of the file.
        again = {_key(found) for found in singly}
        return [*singly, *(found for found in known if _key(found) not in again)]

    def _run(self, *arguments: str) -> Output:
        return run(self.tool.path, arguments, self.timeout_seconds)


def _given(paths: Iterable[Path | str]) -> tuple[str, ...]:
    files = tuple(dict.fromkeys(str(path) for path in paths))
    if not files:
        raise ValueError("no file to check was given, and a check of nothing would pass")
    return files


def _present(files: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Promtool gives up at the first path that is missing, so those are told here and the others are checked."""
    there = tuple(file for file in files if Path(file).is_file())
    absent = tuple(Finding(message="there is no such file", file=file) for file in files if file not in there)
    return there, absent


def _checked(output: Output, known: tuple[Finding, ...], files: tuple[str, ...]) -> Checked:
    counts = dict(rule_counts(output.text))
    if output.exit_code not in JUDGED:
        return Checked(exit_code=output.exit_code, problems=(*known, _crashed(output)), output=output.text)
    problems = [*known, *findings(output.text)]
    problems += [
        Finding(message="holds no rule, which promtool calls a success", file=file)
        for file, count in counts.items()
        if count == 0
    ]
    if output.exit_code != 0 and not problems:
        problems.append(_crashed(output))
    problems += [
        Finding(message="promtool said nothing about this file", file=file)
        for file in files
        if f"Checking {file}\n" not in output.text
    ]
    return Checked(exit_code=output.exit_code, problems=tuple(problems), rules=sum(counts.values()), output=output.text)


def _empty_config(file: Path) -> Iterator[Finding]:
    try:
        content = read_yaml(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return  # promtool says it better
    if not isinstance(content, dict):
        yield Finding(message="holds no configuration, which promtool calls a success", file=str(file))
        return
    for pattern in unmatched(file, texts(content.get("rule_files"))):
        if any(character in pattern for character in "*?["):  # promtool itself misses files that are named in full
            yield Finding(message=f"rule_files: {pattern} matches no file", file=str(file))


def _crashed(output: Output) -> Finding:
    said = "\n".join(output.text.strip().splitlines()[:CRASH_LINES])
    return Finding(message=f"promtool exited {output.exit_code}: {said or 'and printed nothing'}")


def _of_the_run(result: TestRun) -> Iterator[Finding]:
    known = {failure.message for failure in result.failures}
    if result.exit_code not in JUDGED or (result.exit_code != 0 and not known):
        yield _crashed(Output(exit_code=result.exit_code, text=result.output))
    for pattern in NO_MATCH.findall(result.output):
        # The last word is promtool's, should it ever read a pattern differently.
        if not any(pattern in message for message in known):
            yield Finding(message=f"rule_files: {pattern} matches no file")


def _key(found: Failure) -> tuple[str | None, ...]:
    """What stays the same when a test is run again: promtool lists the series of an error in random order."""
    if found.kind == "error":
        return (found.message.split("err: ", 1)[0],)
    return (found.kind, found.subject, found.time)


def _with_owner(found: Failure, file: TestFile) -> Failure:
    if of_rule_file(found):
        return found
    group = owner(found, file)
    return replace(found, group=group.name) if group else found
