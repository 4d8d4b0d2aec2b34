"""Hides secrets in whatever is said: as they are, and as URLs, JSON and base64 write them."""

import re
from typing import Any

from relrails.live.spellings import spellings

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
            forms = {form for value in self._values for form in spellings(value)}
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
