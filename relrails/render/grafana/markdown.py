"""Writers' words inside Markdown: nothing in them becomes markup or a variable."""

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def words(text: str) -> str:
    """Write text as one paragraph of plain words."""
    line = " ".join(text.split())
    return _MARKUP.sub(r"\\\1", line).replace("$", "&#36;")


def code_block(text: str, language: str = "") -> str:
    """Write text as a block of code that no run of backticks in it can end."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def link(title: str, url: str) -> str:
    """Write a link; the address cannot end it early."""
    return f"[{words(title)}](<{url.replace('<', '%3C').replace('>', '%3E')}>)"
