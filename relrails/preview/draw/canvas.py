"""A sheet in pixels, on which panels are drawn with matplotlib and which becomes SVG with real, searchable text."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.textpath import text_to_path

from relrails.preview import colors

FONT = 11.0
SMALL = 9.5
_FAMILY, _MONO = "DejaVu Sans", "DejaVu Sans Mono"
"""The fonts that matplotlib brings, and so measures everywhere alike."""
_INSTEAD = {f"'{_FAMILY}'": f"'{_FAMILY}', Verdana, sans-serif", f"'{_MONO}'": f"'{_MONO}', monospace"}
_NAME = re.compile(r' id="([^"]*)"')
_MENTIONED = re.compile(r'url\(#([^)]*)\)|href="#([^"]*)"')
_HEAD = re.compile(r"^.*?<svg[^>]*>", re.DOTALL)
_ABOUT = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)


@contextmanager
def style(salt: str) -> Iterator[None]:
    """Draw in one style; the names inside the SVG are made of the salt, not of chance."""
    settings = {
        "svg.fonttype": "none",
        "svg.hashsalt": salt,
        "font.family": _FAMILY,
        "font.size": FONT,
        "text.parse_math": False,  # a label with dollars in it is no formula
        "text.color": colors.INK,
        "axes.edgecolor": colors.GRID,
        "path.simplify": True,
    }
    with mpl.rc_context(settings):  # type: ignore[arg-type] # its keys are a closed list of literals
        yield


class Canvas:
    """A sheet of some width and height in pixels; y grows downwards."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        self._sheet: Axes | None = None

    @property
    def sheet(self) -> Axes:
        """Give axes over the whole sheet, in pixels."""
        if self._sheet is None:
            self._sheet = self.figure.add_axes((0, 0, 1, 1))
            self._sheet.set(xlim=(0, self.width), ylim=(self.height, 0))
            self._sheet.axis("off")
        return self._sheet

    def chart(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Give axes for a chart between these edges."""
        width, height = max(right - left, 1), max(bottom - top, 1)
        place = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        return self.figure.add_axes(place, zorder=-1)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = FONT,
        color: str = colors.INK,
        align: str = "left",
        bold: bool = False,
        mono: bool = False,
    ) -> None:
        """Write a line whose middle is at y."""
        self.sheet.text(
            x,
            y,
            text,
            fontsize=size,
            color=color,
            ha=align,
            va="center_baseline",
            fontweight="bold" if bold else "normal",
            fontfamily=_MONO if mono else _FAMILY,
        )

    def box(self, x: float, y: float, width: float, height: float, color: str, *, round_: float = 0) -> None:
        """Fill a rectangle."""
        if round_:
            self.sheet.add_patch(
                FancyBboxPatch(
                    (x + round_, y + round_),
                    max(width - 2 * round_, 0.1),
                    max(height - 2 * round_, 0.1),
                    boxstyle=f"round,pad={round_}",
                    facecolor=color,
                    edgecolor="none",
                )
            )
        else:
            self.sheet.add_patch(Rectangle((x, y), max(width, 0), max(height, 0), facecolor=color, edgecolor="none"))

    def line(self, x: float, y: float, to_x: float, to_y: float, *, color: str, width: float = 1) -> None:
        """Draw a line."""
        self.sheet.plot([x, to_x], [y, to_y], color=color, linewidth=width, solid_capstyle="butt")

    def svg(self) -> str:
        """Give what is inside the `svg` element: a drawing as wide and high as the sheet."""
        written = io.StringIO()
        self.figure.patch.set_alpha(0)
        self.figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
        inside = _ABOUT.sub("", _HEAD.sub("", written.getvalue(), count=1))
        for font, fonts in _INSTEAD.items():
            inside = inside.replace(font, fonts)
        needed = {one or other for one, other in _MENTIONED.findall(inside)}
        # Names that nobody mentions are the same in every drawing, and drawings share a page.
        inside = _NAME.sub(lambda match: match[0] if match[1] in needed else "", inside)
        return inside.rpartition("</svg>")[0].strip()


@cache
def width_of(text: str, size: float = FONT, *, bold: bool = False, mono: bool = False) -> float:
    """Measure a text, in pixels."""
    font = FontProperties(family=_MONO if mono else _FAMILY, size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def cut(text: str, width: float, size: float = FONT, *, bold: bool = False, mono: bool = False) -> str:
    """Shorten a text until it fits."""
    if width_of(text, size, bold=bold, mono=mono) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(f"{text[:middle]}…", size, bold=bold, mono=mono) <= width:
            low = middle
        else:
            high = middle - 1
    return f"{text[:low]}…"


def wrap(text: str, width: float, size: float = FONT) -> list[str]:
    """Break a text into lines that fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return [cut(line, width, size) for line in lines]


def fitting(texts: list[str], width: float, most: float, least: float = 8) -> float:
    """Give the largest size in which all texts fit into a width."""
    widest = max((width_of(text, 10.0, bold=True) for text in texts), default=1)
    return max(least, min(most, 10 * width / max(widest, 1)))
