"""Runs mutants on promtool: several to a process, and reads from its answer which of them were noticed."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from relrails.mutants.trials import RULES
from relrails.promtool import Failure, Promtool, TestedFile

RULE_ERROR = re.compile(r"rule: .*?, time: \w+, err: (?P<reason>.*)", re.DOTALL)
PROMTOOL_LIMIT = "would load too many samples"
"""promtool stops at 10,000 samples where Prometheus itself would go on: that says nothing of the rule."""


class Noticed(Enum):
    """How a proof took a mutant."""

    NO = "passed"
    FAILED = "failed"
    """An assertion of the case does not hold."""
    RULE_ERROR = "rule error"
    """Prometheus itself gives up on the rule while it evaluates the case."""
    REFUSED = "refused"
    """promtool does not load the rules, or fails in another way: no mutant, and no kill."""


@dataclass(frozen=True, slots=True)
class Job:
    """A rule file and a test file, to be run against each other in a folder of their own."""

    folder: Path
    rules: str
    tests: str

    def write(self) -> str:
        """Write both files; gives the path of the tests."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / RULES).write_text(self.rules, encoding="utf-8")
        path = self.folder / "tests.yml"
        path.write_text(self.tests, encoding="utf-8")
        return str(path)


@dataclass(frozen=True, slots=True)
class Answer:
    """What promtool made of one job: the case that noticed first, and what it said."""

    noticed: Noticed
    case: str = ""
    said: str = ""


def run(promtool: Promtool, jobs: Sequence[Job]) -> tuple[Answer, ...]:
    """Run jobs in one process; raises a ToolError when promtool cannot be asked."""
    paths = [job.write() for job in jobs]
    try:
        result = promtool.test_rules(paths)
    finally:
        for job in jobs:
            shutil.rmtree(job.folder, ignore_errors=True)
    if not result.problems:
        return tuple(_answer(tested) for tested in result.files)
    if len(jobs) > 1:  # one of them brought the whole process down
        return tuple(answer for job in jobs for answer in run(promtool, [job]))
    return (Answer(Noticed.REFUSED, said="; ".join(map(str, result.problems))),)


def _answer(tested: TestedFile) -> Answer:
    found = [_noticed(failure) for failure in tested.failures]
    for wanted in (Noticed.REFUSED, Noticed.FAILED, Noticed.RULE_ERROR):
        for failure, noticed in zip(tested.failures, found, strict=True):
            if noticed is wanted:
                return Answer(noticed, failure.group or "", failure.message)
    return Answer(Noticed.NO)


def _noticed(failure: Failure) -> Noticed:
    if failure.kind in ("expression", "alert"):
        return Noticed.NO if PROMTOOL_LIMIT in failure.message else Noticed.FAILED
    broken = RULE_ERROR.fullmatch(failure.message.strip())
    if failure.kind != "error" or broken is None:
        return Noticed.REFUSED
    return Noticed.NO if PROMTOOL_LIMIT in broken["reason"] else Noticed.RULE_ERROR
