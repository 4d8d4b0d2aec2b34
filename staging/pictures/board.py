"""Panels of a previewed dashboard as one picture that is narrow enough to be read where README is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape

from relrails.preview import colors
from relrails.preview.sketch import GAP, HEAD
from staging.environment.component import StagingError

WIDTH = 712
"""Pixels of half of a dashboard: GitHub shows that much without making it smaller."""
MARGIN, TOP = 12, 78
FONT = "'DejaVu Sans', Verdana, sans-serif"
SKETCH = "A sketch by relrails preview, not Grafana's drawing"
_SECTION = re.compile(r"<section><h2>(.*?)</h2>(.*?)</section>", re.DOTALL)
_PANEL = re.compile(
    r'<article class="[^"]*" data-state="([^"]*)" style="[^"]*width:(\d+)px;height:(\d+)px">\s*<h3[^>]*>(.*?)</h3>'
    r".*?(<svg role=.*?</svg>)</article>",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """A panel of the page: its size in pixels, and the SVG inside it."""

    title: str
    state: str
    width: int
    height: int
    svg: str


def draw(page: str, slo: str, titles: Sequence[str]) -> str:
    """Draw these panels of an SLO from the page of `relrails preview`; raises StagingError for one without data."""
    heading, panels = _section(page, slo)
    chosen = [_panel(panels, title, heading) for title in titles]
    return "\n".join(_svg(_headline(page), heading, chosen)) + "\n"


def _section(page: str, slo: str) -> tuple[str, dict[str, Panel]]:
    for heading, content in _SECTION.findall(page):
        if unescape(heading).partition(":")[0] == slo:
            found = (
                Panel(title=unescape(title), state=state, width=int(width), height=int(height), svg=svg)
                for state, width, height, title, svg in _PANEL.findall(content)
            )
            return unescape(heading), {panel.title: panel for panel in found}
    known = ", ".join(unescape(heading) for heading, _ in _SECTION.findall(page))
    raise StagingError(f"the preview has no section {slo!r}, only {known}")


def _panel(panels: dict[str, Panel], title: str, heading: str) -> Panel:
    if title not in panels:
        raise StagingError(f"section {heading!r} of the preview has no panel {title!r}, only {', '.join(panels)}")
    if panels[title].state != "data":
        raise StagingError(f"panel {title!r} of {heading!r} cannot be a picture: {panels[title].state}")
    return panels[title]


def _headline(page: str) -> tuple[str, str]:
    """Read the name of the dashboard and its time; whom it asked is a port of that day."""
    name, when = re.findall(r"<header><h1>(.*?)</h1>\s*<p>(.*?)(?:, asked of [^<]*)?</p>", page)[0]
    return unescape(name), unescape(when)


def _svg(headline: tuple[str, str], heading: str, panels: Sequence[Panel]) -> Iterator[str]:
    name, when = headline
    places, height = _flow(panels)
    width, height = WIDTH + 2 * MARGIN, TOP + height + MARGIN
    yield (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONT}" fill="{colors.INK}">'
    )
    yield f"<title>{escape(f'{name}, {heading}')}</title>"
    yield _box(0.5, 0.5, width - 1, height - 1, "#f4f5f6", round_=6)
    yield _line(28, name, 17, bold=True)
    yield _line(48, f"{when}. {SKETCH}", 11.5, colors.FAINT)
    yield _line(70, heading, 13.5, bold=True)
    for panel, (x, y) in zip(panels, places, strict=True):
        yield f'<g transform="translate({x + MARGIN} {y + TOP})">'
        yield _box(0.5, 0.5, panel.width - 1, panel.height - 1, colors.PAPER, round_=4)
        yield f'<text x="10" y="19" font-size="12.5" font-weight="bold">{escape(panel.title)}</text>'
        yield f'<g transform="translate(10 {HEAD})">{panel.svg}</g></g>'
    yield "</svg>"


def _flow(panels: Sequence[Panel]) -> tuple[list[tuple[int, int]], int]:
    """Place panels like words, from left to right and then on the next line; gives their corners and the height."""
    places: list[tuple[int, int]] = []
    x = y = bottom = 0
    for panel in panels:
        if x + panel.width > WIDTH:
            x, y = 0, bottom + GAP
        places.append((x, y))
        x, bottom = x + panel.width + GAP, max(bottom, y + panel.height)
    return places, bottom


def _box(x: float, y: float, width: float, height: float, fill: str, *, round_: int) -> str:
    place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
    return f'<rect {place} rx="{round_}" fill="{fill}" stroke="#c9ced3"/>'


def _line(y: float, text: str, size: float, color: str = colors.INK, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{MARGIN + 2}" y="{y}" font-size="{size}" fill="{color}"{weight}>{escape(text)}</text>'
