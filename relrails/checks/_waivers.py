"""Comments that allow a fault until a day: `# relrails: allow CODE until 2026-12-01, because ...`."""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from relrails.checks._fields import declared, items
from relrails.checks._registry import checks
from relrails.loader.near import near
from relrails.problems import Label, Problem, Severity
from relrails.service import Service
from relrails.source import Source, Span, source_text

_COMMENT = re.compile(r"#\s*relrails\s*:\s*(?P<said>.*?)\s*$")
_ANY = re.compile(r"#\s*relrails\s*:")
_ALLOW = re.compile(
    r"allow\s+(?P<code>[\w-]+/[\w-]+)(?:[\s,]+until\s+(?P<until>[^\s,]+))?(?:[\s,]+because\b[\s:]*(?P<reason>.*))?$"
)
_EXAMPLE = "# relrails: allow {code} until {until}, because {reason}"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A comment that allows a fault on one line; `faults` are what keeps it from being one."""

    span: Span
    line: int
    code: str
    until: date | None
    fault: Problem | None


def waived(problems: Iterable[Problem], services: Sequence[Service], today: date) -> Iterator[Problem]:
    """Leave out what a waiver allows, and add what is wrong with the waivers."""
    found = list(problems)
    files = sorted({*_files(services), *(label.span.file for p in found for label in p.labels[:1])})
    waivers = [w for file in files for w in _waivers(file, today)]
    used: dict[Waiver, Severity] = {}
    for problem in found:
        matching = [w for w in waivers if w.fault is None and w.code == problem.code and _covers(w, problem)]
        for waiver in matching:
            used[waiver] = min(used.get(waiver, problem.severity), problem.severity, key=lambda s: s.rank)
        if not any(w.until is not None and today <= w.until for w in matching):
            yield problem
    for waiver in waivers:
        if waiver.fault is not None:
            yield waiver.fault
        elif waiver not in used:
            yield _unused(waiver)
        elif waiver.until is not None and waiver.until < today:
            yield replace(_expired(waiver, waiver.until, today), severity=used[waiver])


def _covers(waiver: Waiver, problem: Problem) -> bool:
    spans = [label.span for label in problem.labels[:1]]
    spans += [s.called_from for s in spans if s.called_from is not None]
    return any(s.file == waiver.span.file and s.line == waiver.line for s in spans)


def _waivers(file: str, today: date) -> Iterator[Waiver]:
    text = source_text(file)
    if not _ANY.search(text):
        return
    lines = text.split("\n")
    for line, column, comment in _comments(text):
        said = _COMMENT.match(comment)
        if said is None:
            continue
        span = Span(file, line, column, line, column + len(comment))
        own_line = not lines[line - 1][:column].strip()
        yield _read(said["said"], span, _next_code(lines, line) if own_line else line, today)


def _read(said: str, span: Span, line: int, today: date) -> Waiver:
    found = _ALLOW.match(said)
    code = found["code"] if found else ""
    until = _day(found["until"]) if found else None
    reason = ((found["reason"] if found else None) or "").strip(" .")
    later = date(today.year + (today.month > 6), (today.month + 5) % 12 + 1, 1)
    better = _EXAMPLE.format(
        code=code or "slo/window-too-short",
        until=until or later,
        reason=reason or "it goes away with release 7",
    )
    fault = None
    if found is None:
        fault = _fault("waiver/unreadable", span, "this comment of relrails says nothing that it knows", better)
    elif code not in checks():
        close = near(code, checks())
        fault = _fault("waiver/unknown-code", span, f"there is no {code} to allow", close or "")
    elif not checks()[code].waivable:
        fault = _fault("waiver/not-waivable", span, f"{code} cannot be allowed", "")
    elif until is None:
        given = f"'{found['until']}' is no day" if found["until"] else "it names no day"
        fault = _fault("waiver/no-date", span, f"the waiver of {code} never ends: {given}", better)
    elif not reason:
        fault = _fault("waiver/no-reason", span, f"the waiver of {code} gives no reason", better)
    return Waiver(span, line, code, until, fault)


_WHY = {
    "waiver/unreadable": "the fault that it was meant to allow is still an error",
    "waiver/unknown-code": "it allows nothing, and would go unnoticed when the fault comes",
    "waiver/not-waivable": "Prometheus, Grafana or the file system would refuse the output, or it would land elsewhere",
    "waiver/no-date": "what is allowed for ever is forgotten; a day brings it back to somebody's eyes",
    "waiver/no-reason": "whoever meets the waiver in a year has to know whether it still holds",
}


def _fault(code: str, span: Span, what: str, better: str) -> Problem:
    fix = f"write `{better}`" if better else "remove the comment, and mend what it was meant to allow"
    severity = checks()[code].severity
    return Problem(
        code=code, severity=severity, what=what, labels=(Label(span, "allows nothing"),), why=_WHY[code], fix=fix
    )


def _expired(waiver: Waiver, until: date, today: date) -> Problem:
    return Problem(
        code="waiver/expired",
        what=f"the waiver of {waiver.code} ended on {until}",
        labels=(Label(waiver.span, f"{(today - until).days} days ago"),),
        why="it was given until that day, and the fault is still there",
        fix="mend the fault and remove the comment, or agree on another day",
    )


def _unused(waiver: Waiver) -> Problem:
    return Problem(
        code="waiver/unused",
        severity=checks()["waiver/unused"].severity,
        what=f"nothing on this line is {waiver.code}",
        labels=(Label(waiver.span, "allows nothing"),),
        why="a waiver without its fault would hide the fault when it comes back",
        fix="remove the comment, or move it to the line that the caret of the problem shows, or right above",
    )


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield (*token.start, token.string)
    except (tokenize.TokenError, SyntaxError):  # the file has changed since it was loaded
        return


def _next_code(lines: list[str], line: int) -> int:
    """Find the line that a comment on a line of its own stands above."""
    for number in range(line + 1, len(lines) + 1):
        text = lines[number - 1].strip()
        if text and not text.startswith("#"):
            return number
    return line


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat((written or "").rstrip("."))
    except ValueError:
        return None


def _files(services: Sequence[Service]) -> Iterator[str]:
    for service in services:
        yield from _sources(service)


def _sources(thing: object) -> Iterator[str]:
    source = getattr(thing, "source", None)
    if isinstance(source, Source):
        yield from source.files
    for _, _, found, _ in items(thing):
        if declared(found):
            yield from _sources(found)
