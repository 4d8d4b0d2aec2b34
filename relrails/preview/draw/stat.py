"""One number, large; with several series, a tile for each."""

from relrails.preview import colors
from relrails.preview.display import Shown
from relrails.preview.draw.canvas import Canvas, cut, fitting
from relrails.preview.fields import Filled

GAP = 4
LARGEST = 44


def stat(canvas: Canvas, filled: Filled) -> None:
    """Draw a stat."""
    mode = filled.panel.options.get("textMode", "auto")
    tiles = [(field.name, field.display.show(field.newest)) for field in filled.fields]
    tiles = tiles or [("", filled.display.show(None))]
    named = mode in {"value_and_name", "name"} or (mode == "auto" and len(tiles) > 1)
    background = filled.panel.options.get("colorMode", "value") == "background"
    beside = canvas.width / len(tiles) > 2 * canvas.height / len(tiles)
    width = canvas.width / len(tiles) if beside else canvas.width
    height = canvas.height if beside else canvas.height / len(tiles)
    texts = [name or shown.text if mode == "name" else shown.text for name, shown in tiles]
    size = fitting(texts, width - 16, min(LARGEST, height * (0.42 if named else 0.55)))
    for index, (name, shown) in enumerate(tiles):
        x, y = (index * width, 0.0) if beside else (0.0, index * height)
        if background:
            canvas.box(x + GAP / 2, y + GAP / 2, width - GAP, height - GAP, shown.color or colors.FAINT, round_=3)
        ink = colors.PAPER if background else _ink(filled, shown)
        middle = x + width / 2
        if mode == "name" and shown.text:
            canvas.write(middle, y + height / 2, name or shown.text, size=size, color=ink, align="center", bold=True)
        elif named:
            canvas.write(
                middle,
                y + height * 0.28,
                cut(name, width - 12),
                color=ink if background else colors.INK,
                align="center",
            )
            canvas.write(middle, y + height * 0.64, shown.text, size=size, color=ink, align="center", bold=True)
        else:
            canvas.write(middle, y + height / 2, shown.text, size=size, color=ink, align="center", bold=True)


def _ink(filled: Filled, shown: Shown) -> str:
    if filled.panel.options.get("colorMode") == "none":
        return colors.INK
    return shown.color or colors.INK
