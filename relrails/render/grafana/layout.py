"""Sections of panels on Grafana's grid of 24 columns.

Grafana pulls every panel up as far as it goes when it draws a dashboard, so an empty stretch in the file is not seen.
We use that: each section starts a fixed stride below the one before it, however tall that one is. A panel inserted into
a section then moves only the panels below it in the same section, and a review shows one section, not the file.
(Grafana 13 turns rows into a layout of their own; there a panel's place counts from its row, and what lies between rows
is nowhere.) A whole section inserted moves the sections after it by one stride: one changed line for each panel.

The same pull would spoil a line with a hole in it: the panel below would slip in. So every line is filled: its panels
are as tall as the tallest, and the last one reaches the right edge.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import attrs

from relrails.render.grafana.panels import Panel, Row

COLUMNS = 24
STRIDE = 200  # grid rows kept for one section: twenty-odd lines of charts, more than anyone scrolls through


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading and the panels below it, which flow from left to right and wrap."""

    key: str
    title: str
    panels: Sequence[Panel]


def lay_out(sections: Iterable[Section]) -> list[Panel]:
    """Give every heading and panel its place, and a key made of its section's and its own.

    Raises ValueError where a section has more panels than its stretch holds.
    """
    return [panel for index, section in enumerate(sections) for panel in _place(section, top=index * STRIDE)]


def _place(section: Section, top: int) -> Iterator[Panel]:
    yield Row(key=section.key, title=section.title, gridPos=_at(0, top, COLUMNS, 1))
    y = top + 1
    for line in _lines(section.panels):
        height = max(panel.height for panel in line)
        x = 0
        for panel in line:
            width = COLUMNS - x if panel is line[-1] else panel.width
            yield attrs.evolve(panel, key=f"{section.key}/{panel.key}", gridPos=_at(x, y, width, height))
            x += width
        y += height
    if y > top + STRIDE:
        msg = f"section {section.key!r} is {y - top} grid rows tall; {STRIDE} are kept for one"
        raise ValueError(msg)


def _lines(panels: Sequence[Panel]) -> Iterator[list[Panel]]:
    line: list[Panel] = []
    for panel in panels:
        if line and sum(p.width for p in line) + panel.width > COLUMNS:
            yield line
            line = []
        line.append(panel)
    if line:
        yield line


def _at(x: int, y: int, w: int, h: int) -> dict[str, int]:
    return {"h": h, "w": w, "x": x, "y": y}
