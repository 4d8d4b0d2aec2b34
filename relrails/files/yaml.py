"""YAML as we print it, in the spelling of libyaml.

PyYAML builds a tree of nodes in Python before libyaml sees it: eight times the work for the same bytes, and other
bytes where it was built without libyaml. `tests/test_files.py` holds the two against each other.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

_UNPRINTABLE = "[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]"  # compiled where it is needed: 4 ms
_INDICATOR = re.compile(r"""---|\.\.\.|[-?:](?:[ ]|\Z)|[][{}#&*!|>'"%@`, ]""")
"""What means something to YAML at the start of a text."""
_INSIDE = re.compile(r": | #|[: ]\Z")
"""What means something to YAML anywhere else."""
_OTHER_TYPE = re.compile(
    r"""
      yes|Yes|YES | no|No|NO | true|True|TRUE | false|False|FALSE | on|On|ON | off|Off|OFF | null|Null|NULL | ~ | = | <<
    | [-+]? (?: 0b[01_]+ | 0x[\da-fA-F_]+ | 0[0-7_]* | [1-9][\d_]* (?::[0-5]?\d)* )
    | [-+]? \d[\d_]* (?: \.[\d_]* (?:[eE][-+]\d+)? | (?::[0-5]?\d)+ \.[\d_]* )
    | \.\d[\d_]* (?:[eE][-+]\d+)? | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
    | \d{4}-\d\d-\d\d
    | \d{4}-\d\d?-\d\d? (?:[Tt]|[ \t]+) \d\d?:\d\d:\d\d (?:\.\d*)? (?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?
    """,
    re.VERBOSE | re.ASCII,
)
"""What YAML 1.1 reads as something else than text."""
_ESCAPES = {
    character: f"\\{letter}"
    for character, letter in zip('\0\a\b\t\n\v\f\r\x1b"\\\x85\u2028\u2029', '0abtnvfre"\\NLP', strict=True)
}


def yaml_text(value: dict[str, Any] | list[Any], header: str) -> str:
    """Print fields or items as YAML below a comment: in their order, two spaces, long text a block, a final newline.

    Raises TypeError for what is neither a dict, a list, a tuple, text, a whole number, a Decimal, a bool nor None.
    """
    out = [f"# {line}\n" for line in header.splitlines()]
    match value:
        case dict():
            _fields(out, value, "")
        case []:
            out.append("[]\n")
        case _:
            _items(out, value, "")
    return "".join(out)


def _fields(out: list[str], value: dict[str, Any], indent: str) -> None:
    for key, inner in value.items():
        out.append(f"{indent}{_line(key)}:")
        match inner:
            case str():
                out.append(f" {_text(inner, indent)}\n")
            case dict() if inner:
                out.append("\n")
                _fields(out, inner, indent + "  ")
            case list() | tuple() if inner:
                out.append("\n")
                _items(out, inner, indent)
            case _:
                out.append(f" {_scalar(inner)}\n")


def _items(out: list[str], value: Sequence[Any], indent: str) -> None:
    deeper = indent + "  "
    for item in value:
        begin = len(out)
        match item:
            case str():
                out.append(f"{deeper}{_text(item, indent)}\n")
            case dict() if item:
                _fields(out, item, deeper)
            case list() | tuple() if item:
                _items(out, item, deeper)
            case _:
                out.append(f"{deeper}{_scalar(item)}\n")
        out[begin] = f"{indent}- {out[begin].removeprefix(deeper)}"


def _scalar(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case None:
            return "null"
        case dict():
            return "{}"
        case list() | tuple():
            return "[]"
        case _:
            msg = f"{value!r} cannot be written as YAML"
            raise TypeError(msg)


def _text(text: str, indent: str) -> str:
    return _block(text, indent + "  ") if "\n" in text else _line(text)


@lru_cache(maxsize=4096)  # names of fields, labels and windows come again and again
def _line(text: str) -> str:
    if not _is_printable(text):
        return _quoted(text)
    if not text or _INDICATOR.match(text) or _INSIDE.search(text) or _OTHER_TYPE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return text


def _block(text: str, indent: str) -> str:
    lines = text.removesuffix("\n").split("\n")
    if not all(map(_is_printable, lines)) or " \n" in text or text.endswith((" ", "\n\n")) or text == "\n":
        return _quoted(text)
    # Where the first line is indented, or empty, the reader has to be told how far all of them are.
    mark = "|2" if text[0] in " \n" else "|"
    body = "".join([f"\n{indent}{line}" if line else "\n" for line in lines])
    return f"{mark}{body}" if text.endswith("\n") else f"{mark}-{body}"


def _is_printable(line: str) -> bool:
    return (line.isascii() and line.isprintable()) or re.search(_UNPRINTABLE, line) is None


def _quoted(text: str) -> str:
    escaped = re.sub(f'["\\\\]|{_UNPRINTABLE}', _escape, text)
    return f'"{escaped}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    number = f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
    return _ESCAPES.get(character, number)
