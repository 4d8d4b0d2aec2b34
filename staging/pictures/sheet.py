"""What stands in a terminal, as a picture: rich draws it, without the fonts that it would fetch."""

import re
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.terminal_theme import SVG_EXPORT_THEME, TerminalTheme
from rich.theme import Theme

COLUMNS = 110
"""As wide as the lines of the gate; twelve pixels high at the width of a page on GitHub."""
_WORDS = Theme({"markdown.code": "bold yellow", "markdown.h1": "bold", "markdown.h2": "bold cyan"})
_CLIPPED = re.compile(r' clip-path="url\(#[^)]*-line-\d+\)"')
"""rich clips every line, and names a place for one line less; each line is as long as its letters anyway."""
_EDGE = "rgba(255,255,255,0.35)"
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix, .{unique_id}-title {{
  font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: {char_height}px; line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 17px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def sheet(name: str, title: str, *parts: RenderableType, theme: TerminalTheme = SVG_EXPORT_THEME) -> str:
    """Draw parts below each other; `name` is that of the picture, and no other picture of a page may have it."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        theme=_WORDS,
        _environ={},  # what a person's terminal can do is no part of the picture
    )
    console.print(Padding(Group(*parts), (0, 1)))
    svg = console.export_svg(title=title, theme=theme, code_format=_SVG, unique_id=name)
    return _CLIPPED.sub("", svg).replace(_EDGE, "#8b949e")
