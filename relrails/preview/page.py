"""A sketch as one HTML page that needs nothing else, and as one SVG."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

from relrails.preview import colors
from relrails.preview.board import COLUMNS
from relrails.preview.clock import written
from relrails.preview.sketch import CELL, GAP, HEAD, Picture, Sketch

WIDTH = COLUMNS * CELL + GAP
TOP, HEADING = 84, 40
NOT_GRAFANA = (
    "A sketch by relrails, not Grafana's drawing: the queries, units, thresholds and places are the dashboard's."
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page asks nobody for anything, and runs nothing."""
_XLINK = "http://www.w3.org/1999/xlink"
_FONT = "'DejaVu Sans', Verdana, sans-serif"

_CSS = f"""
:root {{ color-scheme: light; }}
body {{ margin: 0; background: #f4f5f6; color: {colors.INK}; font: 13px/1.45 {_FONT}; }}
main {{ width: {WIDTH}px; margin: 0 auto; padding: 16px 0 40px; }}
h1 {{ font-size: 20px; margin: 0; }}
h2 {{ font-size: 15px; margin: 0; padding: 18px 0 6px; }}
header p {{ margin: 4px 0 0; color: {colors.FAINT}; }}
.part {{ position: relative; }}
.panel {{
  position: absolute; background: #fff; border: 1px solid {colors.GRID}; border-radius: 4px;
  box-sizing: border-box;
}}
.panel h3 {{
  font-size: 12.5px; margin: 0; padding: 6px 34px 0 10px; height: 22px; overflow: hidden; white-space: nowrap;
  text-overflow: ellipsis;
}}
.panel svg {{ position: absolute; left: 10px; top: {HEAD}px; }}
.panel details {{ position: absolute; right: 8px; top: 5px; z-index: 1; }}
.panel details[open] {{ z-index: 9; }}
.panel summary {{ cursor: pointer; color: {colors.FAINT}; list-style: none; text-align: center; font-size: 11px;
  width: 15px; line-height: 15px; margin-left: auto; border: 1px solid #c9ced3; border-radius: 50%; }}
.panel details div {{
  width: 560px; max-width: 90vw; background: #fff; border: 1px solid #c9ced3; border-radius: 4px;
  padding: 10px; box-shadow: 0 6px 18px #0003;
}}
.right details div {{ position: absolute; right: 0; }}
pre {{
  white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f5f6; padding: 6px; margin: 6px 0 0;
  font-size: 11.5px;
}}
.bad {{ color: {colors.BAD}; }}
"""


def html(sketch: Sketch, source: str) -> str:
    """Give the page."""
    return "\n".join(_html(sketch, source)) + "\n"


def _html(sketch: Sketch, source: str) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>{escape(sketch.title)}</title><style>{_CSS}</style></head><body><main>"
    yield f"<header><h1>{escape(sketch.title)}</h1>"
    yield f"<p>{escape(_when(sketch, source))}</p><p>{escape(NOT_GRAFANA)} {escape(_counted(sketch))}</p></header>"
    for part in sketch.parts:
        yield f"<section><h2>{escape(part.title)}</h2>"
        yield f'<div class="part" style="height:{part.height}px">'
        for picture in part.pictures:
            yield from _panel(picture)
        yield "</div></section>"
    yield "</main></body></html>"


def _panel(picture: Picture) -> Iterator[str]:
    side = " right" if picture.x + 600 > WIDTH else ""
    place = f"left:{picture.x}px;top:{picture.y}px;width:{picture.width}px;height:{picture.height}px"
    yield f'<article class="panel{side}" data-state="{picture.state}" style="{place}">'
    yield f'<h3 title="{escape(picture.description)}">{escape(picture.title)}</h3>'
    if picture.description or picture.asked:
        yield f"<details><summary>?</summary><div>{escape(picture.description)}"
        for trouble in picture.troubles:
            yield f'<p class="bad">{escape(trouble)}</p>'
        for ref, expr in picture.asked:
            yield f"<pre>{escape(ref)}: {escape(expr)}</pre>"
        yield "</div></details>"
    width, height = _inside(picture)
    box = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    yield f'<svg role="img" {box} xmlns:xlink="{_XLINK}">'
    yield f"<title>{escape(picture.title)}</title>{picture.svg}</svg></article>"


def svg(sketch: Sketch, source: str) -> str:
    """Give the drawing."""
    return "\n".join(_svg(sketch, source)) + "\n"


def _svg(sketch: Sketch, source: str) -> Iterator[str]:
    height = TOP + sum(part.height + HEADING for part in sketch.parts) + GAP
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="{_XLINK}" width="{WIDTH}" '
        f'height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="{_FONT}" fill="{colors.INK}">'
    )
    yield f"<title>{escape(sketch.title)}</title>"
    yield f'<rect width="{WIDTH}" height="{height}" fill="#f4f5f6"/>'
    yield _line(10, 32, sketch.title, 20, bold=True)
    yield _line(10, 54, _when(sketch, source), 13, colors.FAINT)
    yield _line(10, 73, f"{NOT_GRAFANA} {_counted(sketch)}", 13, colors.FAINT)
    y = TOP
    for part in sketch.parts:
        yield _line(10, y + 28, part.title, 15, bold=True)
        y += HEADING
        for picture in part.pictures:
            yield from _drawn(picture, y)
        y += part.height
    yield "</svg>"


def _drawn(picture: Picture, top: int) -> Iterator[str]:
    x, y = picture.x + GAP / 2, picture.y + top
    yield (
        f'<rect x="{x}" y="{y}" width="{picture.width}" height="{picture.height}" rx="4" fill="#fff" '
        f'stroke="{colors.GRID}"/>'
    )
    yield _line(x + 10, y + 19, picture.title, 12.5, bold=True)
    width, height = _inside(picture)
    yield f'<svg x="{x + 10}" y="{y + HEAD}" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    yield f"{picture.svg}</svg>"


def _line(x: float, y: float, text: str, size: float, color: str = colors.INK, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{color}"{weight}>{escape(text)}</text>'


def _inside(picture: Picture) -> tuple[int, int]:
    return picture.width - 20, picture.height - HEAD - 8


def _when(sketch: Sketch, source: str) -> str:
    ends = [
        datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S") for at in (sketch.span.start, sketch.span.end)
    ]
    chosen = [f"{v.title}: {v.shown}" for v in sketch.variables if v.kind != "datasource"]
    length = written(round(sketch.span.length))
    return ". ".join([f"{length} from {ends[0]} to {ends[1]} UTC, asked of {source}", *chosen])


def _counted(sketch: Sketch) -> str:
    states = [picture.state for picture in sketch.pictures if picture.state != "no query"]
    failed, empty = states.count("failed"), states.count("no data")
    said = [f"{failed} failed"] * bool(failed) + [f"{empty} have no data"] * bool(empty)
    return (
        f"Of {len(states)} panels that ask, {' and '.join(said)}."
        if said
        else f"All {len(states)} panels that ask have data."
    )
