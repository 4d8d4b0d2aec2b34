"""Hides secrets in whatever is said: as they are, and as URLs, JSON and base64 write them."""

import base64
import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "***"
MOST = 256
"""Values that are hidden; a journey that logs in every minute would otherwise fill the memory."""


class Redactor:
    """What a journey knows and must not say; values that its runs learn join, the newest of them."""

    __slots__ = ("_pattern", "_values")

    def __init__(self) -> None:
        self._values: dict[str, None] = {}
        self._pattern: re.Pattern[str] | None = None

    def __repr__(self) -> str:
        return f"Redactor({len(self._values)} values)"

    def add(self, value: str) -> str:
        """Hide a value from now on; gives it back."""
        if value:
            if value not in self._values:
                self._pattern = None
            self._values.pop(value, None)
            self._values[value] = None
            if len(self._values) > MOST:
                del self._values[next(iter(self._values))]
        return value

    def hide(self, text: str) -> str:
        """Give a text without secrets."""
        if not self._values:
            return text
        if self._pattern is None:
            forms = {form for value in self._values for form in _forms(value)}
            # The longest first, or a part would be replaced and the rest of the secret left.
            self._pattern = re.compile("|".join(re.escape(f) for f in sorted(forms, key=lambda f: (-len(f), f))))
        return self._pattern.sub(HIDDEN, text)

    def hide_in(self, value: Any) -> Any:
        """Give a JSON value without secrets, neither in its texts nor in its keys."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {self.hide(str(key)): self.hide_in(item) for key, item in value.items()}
        return [self.hide_in(item) for item in value] if isinstance(value, list | tuple) else value


def _forms(value: str) -> Iterator[str]:
    yield value
    for quoted in (quote(value), quote(value, safe=""), quote_plus(value)):
        yield quoted
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), quoted)
    for written in (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        yield written
        yield written.replace("/", "\\/")
    yield repr(value)[1:-1]
    yield escape(value)
    data = value.encode()
    yield data.hex()
    yield data.hex().upper()
    for before in range(3):  # base64 of a text that has the secret in it depends on where it starts, modulo 3
        inner = _inner_base64(data, before)
        if len(inner) >= 4:
            yield inner
            yield inner.translate(str.maketrans("+/", "-_"))
            yield quote(inner, safe="")


def _inner_base64(data: bytes, before: int) -> str:
    """Give the characters that hold only bits of the data, where `before` bytes stand in front of it."""
    text = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
    skip = (0, 2, 3)[before]
    whole = (before + len(data)) * 8 // 6  # the character after these also has bits of what follows
    return text[skip:whole]
