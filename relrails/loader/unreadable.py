"""Files that Python cannot compile: not UTF-8, cut off, or not Python."""

import ast
import re
from pathlib import Path

from relrails.loader.absent import LOST
from relrails.loader.scene import Scene, is_writers, shown
from relrails.problems import Label, Problem
from relrails.source import Span, source_lines, source_text


def unreadable(error: BaseException, scene: Scene) -> Problem | None:
    """Tell of a file that Python cannot even compile."""
    if not isinstance(error, SyntaxError):
        return None
    bad = Path(error.filename or scene.file)
    if not is_writers(bad, scene.root):  # a text that the service file compiled by itself
        return None
    through = scene.through or ((Label(scene.place, "on the way from here"),) if scene.frame else ())
    name = shown(bad, scene.root)
    if (at := _not_utf8(bad)) is not None:
        return Problem(
            code="service/not-utf-8",
            what=f"{name} does not load: it is not UTF-8",
            labels=(Label(Span(str(bad), *at), "the first byte that is not"), *through),
            why=f"Python reads its files as UTF-8; {LOST}",
            fix="save the file as UTF-8; the editor that wrote it offers it under its encodings",
        )
    complaint = _complaint(error)
    return Problem(
        code="service/syntax",
        what=f"{name} does not load: {complaint}",
        labels=(Label(_syntax_span(error, bad), "Python cannot read on from here"), *through),
        why=LOST,
        fix=_syntax_fix(complaint),
    )


def _complaint(error: SyntaxError) -> str:
    said = re.sub(r"^invalid syntax(\. )?", "", error.msg).rstrip("?.")
    said = re.sub(r"^invalid ", "unusable ", said)
    return said[:1].lower() + said[1:] if said else "this is not Python"


def _syntax_fix(complaint: str) -> str:
    if "forgot a comma" in complaint:
        return "end the line above, or the value, with a comma"
    if "never closed" in complaint:
        return "close the bracket; what follows it was read as being inside"
    if "indent" in complaint:
        return "indent with four spaces inside a bracket or block, and not at all outside"
    if "repeated" in complaint:
        return "keep one of the two"
    if "NUL" in complaint:
        return "the file was not written to its end: write it anew, or take it back from version control"
    return "correct what the caret shows, or what stands right before it"


def _syntax_span(error: SyntaxError, file: Path) -> Span:
    if not error.lineno:
        return Span(str(file))
    if not error.offset or error.offset < 0:
        return Span(str(file), error.lineno)
    start = error.offset - 1
    end = error.end_offset - 1 if error.end_offset and error.end_offset > error.offset else start + 1
    last = error.end_lineno or error.lineno
    if _parses(file):  # the parser counts characters, the compiler after it bytes
        start, end = (_characters(file, n, c) for n, c in ((error.lineno, start), (last, end)))
    return Span(str(file), error.lineno, start, last, end)


def _parses(file: Path) -> bool:
    try:
        ast.parse(source_text(str(file)))
    except (SyntaxError, ValueError):
        return False
    return True


def _characters(file: Path, line: int, column: int) -> int:
    return len(source_lines(str(file))[line - 1].encode()[:column].decode(errors="replace"))


def _not_utf8(file: Path) -> tuple[int, int, int, int] | None:
    try:
        data = file.read_bytes()
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)
        return line, column, line, column + 1
    except OSError:
        pass
    return None
