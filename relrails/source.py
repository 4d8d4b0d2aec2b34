"""Where a declared object was written, so that a problem can point at the writer's own characters."""

import ast
import io
import os
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType

_OURS = __file__.removesuffix("source.py")
_STDLIB = os.__file__.removesuffix("os.py")
_CALLERS = 12  # a helper of a helper of a helper; nobody reads further


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file: lines count from 1, columns from 0 and in characters; None is what we do not know.

    `called_from` is where the helper function that holds this stretch was called.
    """

    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    called_from: "Span | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The call that made an object; kept raw and read only when somebody asks."""

    call: tuple[CodeType, int] | Span
    caller: tuple[CodeType, int] | Span | None = None

    def __reduce__(self) -> tuple[type["Source"], tuple[Span, None]]:
        return Source, (self.span, None)  # code objects do not pickle; the span holds all they know

    @property
    def file(self) -> str:
        """The file of the call."""
        return _file(self.call)

    @property
    def files(self) -> tuple[str, ...]:
        """The file of the call, and that of the line which called a helper."""
        return (self.file,) if self.caller is None else (self.file, _file(self.caller))

    @property
    def line(self) -> int | None:
        """The line on which the call starts."""
        return self.span.line

    @property
    def column(self) -> int | None:
        """The character at which the call starts, from 0; None where Python kept no columns."""
        return self.span.column

    @property
    def end_line(self) -> int | None:
        """The line on which the call ends."""
        return self.span.end_line

    @property
    def end_column(self) -> int | None:
        """The character after the call."""
        return self.span.end_column

    @property
    def span(self) -> Span:
        """The whole call."""
        if isinstance(self.call, Span):
            return self.call
        return _spanned(self.call, self._called_from())

    def syntax(self) -> ast.Call | None:
        """The call in the file's syntax tree; None without columns, or when the file has changed since."""
        span = self.span
        if span.end_line is None or span.end_column is None:
            return None
        return _read(span.file).call_ending(span.end_line, span.end_column)

    @property
    def name(self) -> Span:
        """What is called, without its arguments: `sli.Latency`."""
        call = self.syntax()
        return self._cut(call.func) if call else self.span

    def argument(self, name: str, position: int | None = None) -> Span | None:
        """The value given to a keyword, or at a position; None when the call has no such argument of its own."""
        call = self.syntax()
        if call is None:
            return None
        for keyword in call.keywords:
            if keyword.arg == name:
                return self._cut(keyword.value)
        if position is None or position >= len(call.args):
            return None
        starred = any(isinstance(a, ast.Starred) for a in call.args[: position + 1])
        return None if starred else self._cut(call.args[position])

    def keyword(self, name: str) -> Span | None:
        """The name of a keyword, without its value."""
        call = self.syntax()
        for keyword in call.keywords if call else ():
            if keyword.arg == name:
                start = self._cut(keyword)
                end = None if start.column is None else start.column + len(name)
                return Span(start.file, start.line, start.column, start.line, end, start.called_from)
        return None

    def _called_from(self) -> Span | None:
        if self.caller is None or isinstance(self.caller, Span):
            return self.caller
        return _spanned(self.caller, None)

    def _cut(self, node: ast.expr | ast.keyword) -> Span:
        return node_span(self.file, node, self.span.called_from)


def _file(place: tuple[CodeType, int] | Span) -> str:
    return place.file if isinstance(place, Span) else place[0].co_filename


def here() -> Source:
    """Remember the call, outside relrails, that is making an object now."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (frame.f_code.co_filename == "<string>" or frame.f_code.co_filename.startswith(_OURS)):
        frame = frame.f_back  # dataclasses compile their __init__ as <string>
    if frame is None:
        return Source(Span("<unknown>"))
    code = frame.f_code
    return Source((code, frame.f_lasti), None if code.co_name == "<module>" else _caller(frame.f_back))


def _caller(frame: FrameType | None) -> tuple[CodeType, int] | None:
    """Find the top-level line of the writer's files that led here, unless a test runner or other library did."""
    for _ in range(_CALLERS):
        if frame is None or _is_library(frame.f_code.co_filename):
            return None
        if frame.f_code.co_name == "<module>":
            return frame.f_code, frame.f_lasti
        frame = frame.f_back
    return None


def _is_library(file: str) -> bool:
    return file.startswith(("<", _STDLIB, _OURS)) or "site-packages" in file or "dist-packages" in file


def code_span(code: CodeType, instruction: int) -> Span:
    """Give the stretch of source that an instruction was compiled from."""
    return _spanned((code, instruction), None)


def node_span(file: str, node: ast.expr | ast.keyword | ast.stmt | ast.alias, called_from: Span | None = None) -> Span:
    """Give the stretch of source of a syntax node, whose columns count bytes."""
    read = _read(file)
    start = read.characters(node.lineno, node.col_offset)
    end = read.characters(node.end_lineno, node.end_col_offset)
    return Span(file, node.lineno, start, node.end_lineno, end, called_from)


def _spanned(place: tuple[CodeType, int], called_from: Span | None) -> Span:
    code, instruction = place
    line, end_line, column, end_column = next(islice(code.co_positions(), max(instruction, 0) // 2, None))
    read = _read(code.co_filename)
    span = Span(code.co_filename, line, read.characters(line, column), end_line, read.characters(end_line, end_column))
    if called_from is None or _holds(called_from, span):
        return span
    return replace(span, called_from=called_from)


def _holds(outer: Span, inner: Span) -> bool:
    """Tell whether a span is around another, as a comprehension is around what it makes."""
    first, last = outer.line or 0, outer.end_line or outer.line or 0
    return outer.file == inner.file and first <= (inner.line or 0) <= last


class _File:
    """A file as Python reads it."""

    __slots__ = ("_calls", "lines", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = tuple(text.split("\n"))
        self._calls: dict[tuple[int, int], ast.Call] | None = None

    def characters(self, line: int | None, column: int | None) -> int | None:
        """Turn Python's count of UTF-8 bytes into characters."""
        if line is None or column is None or line > len(self.lines) or self.lines[line - 1].isascii():
            return None if line is None else column
        return len(self.lines[line - 1].encode()[:column].decode(errors="replace"))

    def call_ending(self, line: int, column: int) -> ast.Call | None:
        """Find a call by its end: no two calls share their closing bracket, whereas `a(1).b(2)` share their start."""
        if self._calls is None:
            self._calls = {}
            for call in _calls(self.text):
                end = self.characters(call.end_lineno, call.end_col_offset)
                self._calls[call.end_lineno or 0, end or 0] = call
        return self._calls.get((line, column))


def _calls(text: str) -> Iterator[ast.Call]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):  # the file changed since it was imported
        return
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def source_lines(file: str) -> tuple[str, ...]:
    """Read a file's lines as Python counts them; none when it cannot be read."""
    read = _read(file)
    return read.lines if read.text else ()


def source_text(file: str) -> str:
    """Read a file as Python does, odd bytes replaced; empty when it cannot be read."""
    return _read(file).text


def _read(file: str) -> _File:
    try:
        found = Path(file).stat()
        return _read_version(file, found.st_mtime_ns, found.st_size)
    except (OSError, ValueError):  # a name such as <stdin>, or one with a NUL in it
        return _File("")


@lru_cache(maxsize=64)
def _read_version(file: str, _modified: int, _size: int) -> _File:
    data = Path(file).read_bytes()
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError:
        encoding = "utf-8"
    text = data.decode(encoding, errors="replace")
    return _File(text.replace("\r\n", "\n").replace("\r", "\n"))
