"""A line of source as a terminal shows it: tabs, wide and combining characters, and lines that are too long."""

import unicodedata
from itertools import accumulate

_TAB = "    "
_WIDTH = 116  # with the gutter, what fits beside a second window
_BEFORE = 32  # what stays in front of the caret when a long line is cut
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Line:
    """A source line cut to a window around column `keep`, and where its characters are shown."""

    def __init__(self, text: str, keep: int | None = None) -> None:
        self._text = text.rstrip()
        cells = [_cell(c) for c in self._text]
        self._at = [0, *accumulate(_width(c, cell) for c, cell in zip(self._text, cells, strict=True))]
        first, last = self._window(keep)
        self._first, self._last = first, last
        self._lead = 1 if first else 0
        cut_end = "…" if last < len(cells) else ""
        self.shown = f"{'…' * self._lead}{''.join(cells[first:last])}{cut_end}"

    def columns(self, start: int | None, end: int | None) -> tuple[int, int]:
        """Give the first and the last shown column of a stretch; unknown ends are the ends of the line."""
        if start is None:
            start = len(self._text) - len(self._text.lstrip())
        if end is None:
            end = len(self._text)
        first, last = self._shown(start), self._shown(end)
        return first, max(last, first + 1)

    def _shown(self, index: int) -> int:
        index = min(max(index, self._first), self._last)
        return self._at[index] - self._at[self._first] + self._lead

    def _window(self, keep: int | None) -> tuple[int, int]:
        count = len(self._text)
        if self._at[-1] <= _WIDTH:
            return 0, count
        caret = min(keep or 0, count)
        first = next(i for i in range(count + 1) if self._at[i] >= self._at[caret] - _BEFORE)
        first = 0 if self._at[caret] < _WIDTH - _BEFORE else first
        while first and self._at[-1] - self._at[first - 1] <= _WIDTH - 1:
            first -= 1
        last = first
        while last < count and self._at[last + 1] - self._at[first] <= _WIDTH - 2:
            last += 1
        return first, last


def plain_text(text: str) -> str:
    """Keep a message on its line: control characters and direction marks are shown, not obeyed."""
    return "".join(_cell(c) if c != "\t" else " " for c in text)


def _cell(character: str) -> str:
    if character == "\t":
        return _TAB
    if character in _BIDI:
        return "\ufffd"
    code = ord(character)
    if code < 0x20 or code == 0x7F:
        return chr(0x2421 if code == 0x7F else 0x2400 + code)
    if 0x80 <= code < 0xA0 or character in "\u2028\u2029" or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return character


def _width(character: str, cell: str) -> int:
    if cell != character:
        return len(cell)
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
