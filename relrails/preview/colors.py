"""Grafana's names of colours as what they look like on white, and a row of colours for lines."""

import re

INK, FAINT, GRID, PAPER, BAD = "#24292e", "#6e7781", "#e4e7ea", "#ffffff", "#c4162a"
_NAMED = {
    "green": "#3f9b3a",
    "yellow": "#d9a400",
    "orange": "#f2700d",
    "red": "#d7263d",
    "blue": "#2f6fd0",
    "purple": "#8f3bb8",
    "white": "#ffffff",
    "black": "#000000",
    "gray": "#8e8e8e",
    "text": INK,
}
LINES = (
    "#3f9b3a",
    "#d9a400",
    "#2f6fd0",
    "#f2700d",
    "#8f3bb8",
    "#0f9aa8",
    "#d7263d",
    "#7a5c3e",
    "#e377c2",
    "#5b6b7a",
    "#94a812",
    "#1b4f9c",
)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def color(name: str | None) -> str | None:
    """Give a colour that can be drawn; None for a transparent one and for one that nobody knows."""
    if name is None or name == "transparent":
        return None
    if _HEX.fullmatch(name):
        return name
    return _NAMED.get(name) or _NAMED.get(name.rsplit("-", 1)[-1])


def line(index: int) -> str:
    """Give the colour of the nth line."""
    return LINES[index % len(LINES)]


def faded(of: str, share: float) -> str:
    """Mix a colour with white."""
    mixed = [round(255 - (255 - int(of[i : i + 2], 16)) * share) for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in mixed)
