"""Problems for machines: JSON objects, and annotations on a GitHub pull request."""

from pathlib import Path
from typing import Any

from relrails.problems.drawing import relative
from relrails.problems.model import Label, Problem, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def to_dict(problem: Problem, root: Path | None = None) -> dict[str, Any]:
    """Give a problem as JSON values; the first label is the fault itself.

    Lines and columns count from 1 and the end is the last character of the stretch.
    """
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "what": problem.what,
        "why": problem.why,
        "fix": problem.fix,
        "labels": [_label(label, root) for label in problem.labels],
    }


def github(problem: Problem, root: Path | None = None) -> str:
    """Give a problem as a GitHub workflow command, which shows it beside the line of the pull request."""
    where: dict[str, object] = {}
    if problem.labels:
        found = _label(problem.labels[0], root)
        names = {"file": "file", "line": "line", "end_line": "endLine", "column": "col", "end_column": "endColumn"}
        where = {short: found[name] for name, short in names.items() if found[name] is not None}
        if found["end_line"] != found["line"]:
            where.pop("endColumn", None)  # GitHub refuses columns over several lines
            where.pop("col", None)
    properties = ",".join(f"{k}={escaped(str(v), ':,')}" for k, v in {**where, "title": problem.code}.items())
    label = problem.labels[0].text if problem.labels else ""
    said = f"{problem.what}{f' ({label})' if label else ''}\nwhy: {problem.why}\nfix: {problem.fix}"
    return f"::{_COMMANDS[problem.severity]} {properties}::{escaped(said)}"


def _label(label: Label, root: Path | None) -> dict[str, Any]:
    span = label.span
    return {
        "file": relative(span.file, root),
        "line": span.line,
        "column": None if span.column is None else span.column + 1,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "text": label.text,
    }


def escaped(text: str, also: str = "") -> str:
    """Escape what would end a workflow command; `also` what ends one of its properties."""
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" or c in also else c for c in text)
