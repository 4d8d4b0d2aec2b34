"""Problems drawn for people: the writer's own lines in a gutter, carets under the fault, dashes under what it meets."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from relrails.problems.cells import Line, plain_text
from relrails.problems.model import Label, Problem, Severity
from relrails.source import Span, source_lines

_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_GUTTER = "1;34"
_BOLD = "1"


def draw(problem: Problem, root: Path | None = None, *, color: bool = False) -> str:
    """Draw a problem over several lines, its paths relative to `root`; the last line has no newline."""
    paint = _Paint(color)
    labels = list(_with_callers(problem.labels))
    lines = [label.span.line for label in labels if label.span.line is not None]
    gutter = len(str(max(lines, default=1)))
    said = [
        f"{paint(_COLOURS[problem.severity], f'{problem.severity.value}[{problem.code}]')}"
        f"{paint(_BOLD, f': {plain_text(problem.what)}')}"
    ]
    for number, file in enumerate(dict.fromkeys(label.span.file for label in labels)):
        inside = [(label, label is labels[0]) for label in labels if label.span.file == file]
        arrow = ":::" if number else "-->"
        said.append(f"{' ' * gutter}{paint(_GUTTER, arrow)} {place(inside[0][0].span, root)}")
        said += _excerpt(inside, gutter, paint, _COLOURS[problem.severity])
    remarks = [("why", problem.why), ("fix", problem.fix)]
    if any(label.span.line is not None and label.span.column is None for label in labels):
        remarks.append(("note", "only the line is known: Python gave no columns, as under `-X no_debug_ranges`"))
    for name, text in remarks:
        said += _remark(name, text, gutter, paint)
    return "\n".join(line.rstrip() for line in said)


def place(span: Span, root: Path | None = None) -> str:
    """Write a place as editors read it: `services/core_api.py:18:15`."""
    parts = [relative(span.file, root)]
    if span.line is not None:
        parts.append(str(span.line))
        if span.column is not None:
            parts.append(str(span.column + 1))
    return ":".join(parts)


def relative(file: str, root: Path | None) -> str:
    """Write a path from the root where it lies below it, with forward slashes."""
    path = Path(file)
    top = (root or Path()).absolute()
    for base in (top, top.resolve()):
        if path.is_relative_to(base):
            path = path.relative_to(base)
    return plain_text(path.as_posix())


def _with_callers(labels: tuple[Label, ...]) -> Iterator[Label]:
    yield from labels
    for caller in dict.fromkeys(label.span.called_from for label in labels):
        if caller is not None:
            yield Label(caller, "called here")


def _excerpt(labels: list[tuple[Label, bool]], gutter: int, paint: "_Paint", colour: str) -> Iterator[str]:
    by_line: dict[int, list[tuple[Label, bool]]] = {}
    for label, primary in labels:
        if label.span.line is not None:
            by_line.setdefault(label.span.line, []).append((label, primary))
    empty = paint(_GUTTER, f"{' ' * gutter} |")
    text = source_lines(labels[0][0].span.file)
    if by_line:
        yield empty
    previous = 0
    for number in sorted(by_line):
        if previous and number == previous + 2:
            yield f"{paint(_GUTTER, f'{number - 1:>{gutter}} |')} {Line(_line(text, number - 1)).shown}"
        elif previous and number > previous + 2:
            yield paint(_GUTTER, "...")
        marks = [_Mark(label, primary) for label, primary in by_line[number]]
        line = Line(_line(text, number), keep=marks[0].start)
        yield f"{paint(_GUTTER, f'{number:>{gutter}} |')} {line.shown}"
        for mark in marks:
            yield f"{empty} {mark.drawn(line, paint, colour if mark.primary else _GUTTER)}"
        previous = number
    if by_line:
        yield empty


def _line(text: tuple[str, ...], number: int) -> str:
    return text[number - 1] if 0 < number <= len(text) else "(this line cannot be read)"


def _remark(name: str, text: str, gutter: int, paint: "_Paint") -> Iterator[str]:
    first, *rest = text.split("\n")
    yield f"{' ' * gutter} {paint(_GUTTER, '=')} {paint(_BOLD, f'{name}:')} {plain_text(first)}"
    for line in rest:
        yield f"{' ' * (gutter + len(name) + 5)}{plain_text(line)}"


@dataclass(frozen=True, slots=True)
class _Paint:
    on: bool

    def __call__(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.on else text


@dataclass(frozen=True, slots=True)
class _Mark:
    """The carets or dashes of one label."""

    label: Label
    primary: bool

    @property
    def start(self) -> int | None:
        return self.label.span.column

    def drawn(self, line: Line, paint: _Paint, colour: str) -> str:
        span = self.label.span
        end = span.end_column if span.end_line in {None, span.line} else None
        first, last = line.columns(span.column, end)
        signs = ("^" if self.primary else "-") * (last - first)
        return " " * first + paint(colour, f"{signs} {plain_text(self.label.text)}".rstrip())
