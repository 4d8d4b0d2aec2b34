"""What a service answered, held against what it must be: the first thing that is not so, in words for a page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from typing import Any, assert_never

import jsonpath
import re2

from relrails.judge.pack import PackError, hold_against_manifest
from relrails.probe.expect import Body, Expectation, Header, Json, Status, ZipManifest
from relrails.probe.names import Reason

SHOWN = 200
"""Characters of a value that a sentence repeats."""
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False  # it would write to stderr by itself


@dataclass(slots=True)
class Answer:
    """An HTTP answer; names of headers are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    _read: Any = field(default=None, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The body as UTF-8; what is none is replaced."""
        return self.body.decode(errors="replace")

    @property
    def json(self) -> Any:
        """The body as JSON, read once. Raises NoJsonError."""
        if self._read is None:
            try:
                self._read = json.loads(self.body, parse_constant=_refuse)
            except (ValueError, RecursionError) as error:
                kind = "empty" if not self.body else f"no JSON ({_short(str(error))})"
                raise NoJsonError(f"the body is {kind}") from None
        return self._read

    def header(self, name: str) -> str | None:
        """Give the first header of a name."""
        return next((value for key, value in self.headers if key == name.lower()), None)


class NoJsonError(ValueError):
    """The body of an answer is no JSON; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What was expected and not met, what was there instead, and how that counts."""

    reason: Reason
    expected: str
    got: str


def shortfall(answer: Answer, expectations: Sequence[Expectation]) -> Shortfall | None:
    """Find the first expectation that an answer breaks; a wrong status comes first, since it explains the others."""
    for expected in sorted(expectations, key=lambda e: not isinstance(e, Status)):
        got = _unlike(answer, expected)
        if got is not None:
            reason = _of_status(answer.status) if isinstance(expected, Status) else "assertion"
            return Shortfall(reason, expected.sentence(), got)
    return None


def found(answer: Answer, path: str) -> list[Any]:
    """Give every value at a JSONPath. Raises NoJsonError."""
    values: list[Any] = _path(path).findall(answer.json)
    return values


def prepare(expectations: Sequence[Expectation], paths: Sequence[str]) -> None:
    """Compile every path and regular expression. Raises ValueError for one that cannot be read."""
    for path in (*paths, *(e.path for e in expectations if isinstance(e, Json))):
        try:
            _path(path)
        except jsonpath.JSONPathError as error:
            msg = f"{path!r} is no JSONPath: {error}"
            raise ValueError(msg) from None
    for pattern in (e.matches for e in expectations if isinstance(e, Json | Header | Body) and e.matches):
        try:
            _regex(pattern)
        except re2.error as error:
            msg = f"{pattern!r} is no regular expression of RE2: {error}"
            raise ValueError(msg) from None


def _refuse(constant: str) -> None:
    """JSON has no NaN and no Infinity, whatever Python reads."""
    msg = f"{constant} is no JSON value"
    raise ValueError(msg)


def _of_status(status: int) -> Reason:
    if 300 <= status < 400:
        return "redirect"
    if 400 <= status < 500:
        return "http_4xx"
    return "http_5xx" if 500 <= status < 600 else "assertion"


def _unlike(answer: Answer, expected: Expectation) -> str | None:
    match expected:
        case Status():
            return None if answer.status in expected.codes else _said(answer)
        case Json():
            return _json(answer, expected)
        case Header():
            value = answer.header(expected.name)
            if value is None:
                return "there is no such header"
            return None if _matches(expected.matches, value) else repr(_short(value))
        case Body():
            return None if _matches(expected.matches, answer.text) else f"{len(answer.body)} bytes without it"
        case ZipManifest():
            try:
                hold_against_manifest(answer.body, expected.name)
            except PackError as error:
                return str(error)
            return None
        case _:
            assert_never(expected)


def _said(answer: Answer) -> str:
    where = answer.header("location") if 300 <= answer.status < 400 else None
    return f"status {answer.status}" + (f" to {_short(where)}" if where else "")


def _json(answer: Answer, expected: Json) -> str | None:
    try:
        values = found(answer, expected.path)
    except NoJsonError as error:
        return str(error)
    if not values:
        return "nothing is there"
    if len(values) > 1 and (expected.equals is not None or expected.at_least is not None):
        return f"{len(values)} values are there"
    wrong = [value for value in values if not _is(value, expected)]
    return _short(json.dumps(wrong[0], ensure_ascii=False)) if wrong else None


def _is(value: Any, expected: Json) -> bool:
    if expected.equals is not None:
        return _same(value, expected.equals)
    if expected.at_least is not None:
        return isinstance(value, int | float) and not isinstance(value, bool) and expected.at_least <= value < inf
    if expected.matches is not None:
        return isinstance(value, str) and _matches(expected.matches, value)
    return True


def _same(one: Any, other: Any) -> bool:
    """Compare as JSON does, to which 1 and true are not the same; to Python they are."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _matches(pattern: str, text: str) -> bool:
    return _regex(pattern).search(text) is not None


@lru_cache(maxsize=1024)
def _regex(pattern: str) -> Any:
    return re2.compile(pattern, _OPTIONS)


@lru_cache(maxsize=1024)
def _path(path: str) -> Any:
    return jsonpath.compile(path, strict=True)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
