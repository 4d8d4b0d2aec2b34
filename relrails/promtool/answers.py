"""What the tools answered, as values."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing wrong with a file; what the tool did not say is None."""

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    group: str | None = None
    rule: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        owner = ", ".join(
            f"{kind} {name!r}" for kind, name in (("group", self.group), ("rule", self.rule)) if name is not None
        )
        return ": ".join(part for part in (place, owner, self.message) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """The answer to a check of rules or of a configuration."""

    exit_code: int
    problems: tuple[Finding, ...] = ()
    rules: int = 0  # how many the tool counted
    output: str = ""

    @property
    def ok(self) -> bool:
        """Whether every file was looked at and nothing is wrong."""
        return self.exit_code == 0 and not self.problems


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """One assertion of a unit test that does not hold, or a reason why a file could not be tested."""

    file: str
    group: str | None  # the name of the test group, `unnamed#0` by position; None when the whole file is concerned
    kind: Literal["expression", "alert", "error", "vacuous"]
    message: str
    subject: str | None = None  # the expression, or the alert's name
    time: str | None = None
    expected: str | None = None
    got: str | None = None

    def __str__(self) -> str:
        return f"{self.file}: {self.group}: {self.message}" if self.group else f"{self.file}: {self.message}"


@dataclass(frozen=True, kw_only=True, slots=True)
class TestedFile:
    """One test file: the names of its test groups, and what failed."""

    __test__ = False  # pytest: not a test class

    file: str
    groups: tuple[str, ...]
    failures: tuple[Failure, ...]

    @property
    def ok(self) -> bool:
        """Whether the file asserted something and all of it holds."""
        return not self.failures


@dataclass(frozen=True, kw_only=True, slots=True)
class TestRun:
    """The answer to a run of unit tests."""

    __test__ = False  # pytest: not a test class

    exit_code: int
    files: tuple[TestedFile, ...]
    problems: tuple[Finding, ...] = ()  # of the run itself: the tool crashed, or said something that nobody expected
    output: str = ""

    @property
    def ok(self) -> bool:
        """Whether every file passed."""
        return self.exit_code == 0 and not self.problems and all(file.ok for file in self.files)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The failures of all files, in order."""
        return tuple(failure for file in self.files for failure in file.failures)
