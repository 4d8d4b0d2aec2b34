"""Somebody's words inside Markdown: they stay words, whatever is in them."""

import re
from collections.abc import Iterable

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_BLOCK = re.compile(r"^(\d*)([-+=:.)])(?!\w)")


def words(text: str) -> str:
    """Write text as one line of plain words."""
    return _BLOCK.sub(r"\1\\\2", _plain(_one_line(text)))


def code(text: str) -> str:
    """Write text as a piece of code in a line, which no backtick in it can end."""
    line = _one_line(text)
    fence = "`" * (_longest_run(line) + 1)
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


def code_block(text: str, language: str) -> str:
    """Write text as a block of code, which no run of backticks in it can end."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def indented(block: str) -> str:
    """Put lines under an item of a list."""
    return "\n".join(f"   {line}" if line else "" for line in block.split("\n"))


def sentence(text: str) -> str:
    """Write a sentence of ours about somebody's code: what is between its first and its last backtick is that code."""
    first, last = text.find("`"), text.rfind("`")
    if first == last:
        return words(text)
    return _plain(text[:first]) + code(text[first + 1 : last]) + _plain(text[last + 1 :])


def link(title: str, url: str) -> str:
    """Write a link; its address cannot end it early."""
    address = "".join(f"%{ord(c):02X}" if c in '<>"\\ ' or not c.isprintable() else c for c in url)
    return f"[{words(title)}](<{address}>)"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a table of plain words; code that holds both a backslash and a bar cannot be written in one."""
    lines = [[words(cell) for cell in line] for line in (head, *rows)]
    lines.insert(1, ["---" for _ in head])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    # GitHub sets what is between two dollars as a formula.
    return _MARKUP.sub(r"\\\1", text).replace("$", "&#36;")


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
