"""How a secret is written by whoever repeats it: as it is, and as URLs, JSON, HTML, hex and base64 have it."""

import base64
import json
import re
from collections.abc import Iterator
from html import escape
from urllib.parse import quote, quote_plus


def spellings(value: str) -> Iterator[str]:
    """Give every form in which a secret may stand in a text."""
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
