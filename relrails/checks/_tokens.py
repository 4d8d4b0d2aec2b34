"""PromQL cut into tokens, and where the parser stops understanding it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from relrails.promql import check_syntax

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
    |(?P<duration>(?:\d+(?:ms|[smhdwy]))+(?![a-zA-Z0-9_]))
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<sign>=~|!~|==|!=|>=|<=|.)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_GRAMMAR = ("invalid promql query", "unclosed", "unexpected end of input", "no expression found", "unterminated")
_MORE = ("", "x", "(x)", "1", '"s"', '="s"', "a", "(a)(x)", "(a) x", "5m", "5m]", "()", "by (a) (x)", " (x)", "x)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of PromQL and where it begins; `inside` are the brackets open around it."""

    kind: str
    text: str
    start: int
    inside: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def tokens(text: str) -> list[Token]:
    """Cut a text into tokens, without spaces and comments."""
    found: list[Token] = []
    inside = ""
    for match in _TOKEN.finditer(text):
        kind, said = match.lastgroup or "", match.group()
        if kind == "space":
            continue
        if kind == "sign" and said in ")]}":
            inside = inside[:-1]
        found.append(Token(kind, said, match.start(), inside))
        if kind == "sign" and said in _CLOSING:
            inside += said
    return found


def fault(text: str, complaint: str) -> tuple[int, int]:
    """Find the stretch that a complaint of the parser is about; it gives no places itself."""
    named = _named(text, complaint)
    if named is not None:
        return named
    bracket = _bracket(text)
    if bracket is not None and not complaint.startswith("invalid"):
        return bracket, bracket + 1
    cut = tokens(text)
    for count, token in enumerate(cut, 1):
        if not _goes_on(text[: token.end], [t.text for t in cut[:count]]):
            return token.start, token.end
    if bracket is not None:
        return bracket, bracket + 1
    last = cut[-1] if cut else None
    return (last.start, last.end) if last else (0, len(text))


def _named(text: str, complaint: str) -> tuple[int, int] | None:
    """Find what a complaint names: a function, a number, an odd character, a regular expression."""
    patterns = (
        (r"(?:function|call to) (?:with name )?'(\w+)'", r"\b{}(?=\s*\()"),
        (r"bad number or duration syntax: (.+)$", r"{}"),
        (r"illegal regex for (.*)$", r"[\"'`]{}[\"'`]"),
        (r"unexpected (?:character|identifier)[^:']*:? '([^']+)'", r"{}"),
        (r"unknown escape sequence '(.)'", r"\\{}"),
    )
    for said, wanted in patterns:
        if match := re.search(said, complaint, re.DOTALL):
            written = re.escape(match[1]).replace(r"\\", r"(?:\\){1,2}")
            found = [m.span() for m in re.finditer(wanted.replace("{}", written), text)]
            bracket = "[" if "inside brackets" in complaint else "{" if "inside braces" in complaint else ""
            around = [(t.start, t.end) for t in tokens(text) if t.inside.endswith(bracket)]
            inside = [(a, b) for a, b in found if any(start <= a < end for start, end in around)]
            if found:
                return (inside or found)[0]
    return None


def _bracket(text: str) -> int | None:
    """Find the bracket that has no other."""
    open_: list[Token] = []
    for token in tokens(text):
        if token.kind != "sign":
            continue
        if token.text in _CLOSING:
            open_.append(token)
        elif token.text in ")]}":
            if not open_ or _CLOSING[open_[-1].text] != token.text:
                return token.start
            open_.pop()
    return open_[-1].start if open_ else None


def _goes_on(text: str, words: list[str]) -> bool:
    """Tell whether anything could follow that would make this PromQL."""
    return any(_is_grammar(text + ending) for ending in _endings(words))


def _endings(words: list[str]) -> Iterator[str]:
    open_ = ""
    for word in words:
        if word in _CLOSING:
            open_ = _CLOSING[word] + open_
        elif word in ")]}" and open_:
            open_ = open_[1:]
    for more, after in product(_MORE, ("", " x", "(x)")):
        yield f" {more}{open_}{after}"
        yield f"{more}{open_}{after}"


def _is_grammar(text: str) -> bool:
    complaint = check_syntax(text)
    return complaint is None or (not complaint.startswith(_GRAMMAR) and "unexpected" not in complaint)
