"""One drawing for each type of panel; a type that nobody draws says so."""

from collections.abc import Callable, Sequence

from relrails.preview import colors
from relrails.preview.draw.bars import bars
from relrails.preview.draw.canvas import SMALL, Canvas, cut, style
from relrails.preview.draw.gauge import gauge
from relrails.preview.draw.heat import heat, readable
from relrails.preview.draw.lines import lines
from relrails.preview.draw.stat import stat
from relrails.preview.draw.states import history, timeline
from relrails.preview.draw.table import table
from relrails.preview.draw.words import LINE, Alert, alerts, markdown, said
from relrails.preview.fields import Filled

_DRAWN: dict[str, Callable[[Canvas, Filled], None]] = {
    "stat": stat,
    "gauge": gauge,
    "bargauge": bars,
    "barchart": bars,
    "timeseries": lines,
    "state-timeline": timeline,
    "status-history": history,
    "heatmap": heat,
    "table": table,
}
TYPES = frozenset({*_DRAWN, "text", "alertlist", "row"})
"""The types of panels that are drawn."""


def draw(filled: Filled, width: float, height: float, salt: str) -> str:
    """Draw a panel that shows data; trouble and missing data are said in it."""
    with style(salt):
        canvas = Canvas(width, height)
        kind = _DRAWN.get(filled.panel.type)
        if kind is None:
            said(canvas, [f"a panel of type {filled.panel.type or 'no name'} is not drawn here"], colors.FAINT)
        elif filled.empty:
            said(canvas, _why_empty(filled), colors.BAD if filled.troubles else colors.FAINT)
        elif kind is heat and readable(filled):
            said(canvas, readable(filled), colors.FAINT)
        else:
            _with_trouble(canvas, filled, kind)
        return canvas.svg()


def _why_empty(filled: Filled) -> Sequence[str]:
    if filled.troubles:
        return filled.troubles
    if any(answer.series for _, _, answer in filled.queries):
        return ["no data: every value is NaN"]
    return [str(filled.panel.defaults.get("noValue") or "no data")]


def _with_trouble(canvas: Canvas, filled: Filled, kind: Callable[[Canvas, Filled], None]) -> None:
    kind(canvas, filled)
    for index, line in enumerate([*filled.troubles, *filled.remarks]):
        color = colors.BAD if line in filled.troubles else colors.FAINT
        canvas.box(0, index * LINE, canvas.width, LINE, colors.PAPER)
        canvas.write(4, (index + 0.5) * LINE, cut(line, canvas.width - 8, SMALL), size=SMALL, color=color)


def draw_text(text: str, width: float, height: float, salt: str) -> str:
    """Draw a text panel."""
    with style(salt):
        canvas = Canvas(width, height)
        markdown(canvas, text)
        return canvas.svg()


def draw_alerts(found: Sequence[Alert] | str, width: float, height: float, salt: str) -> str:
    """Draw a list of alerts, or say why there is none."""
    with style(salt):
        canvas = Canvas(width, height)
        if isinstance(found, str):
            said(canvas, [found], colors.BAD)
        else:
            alerts(canvas, found)
        return canvas.svg()


__all__ = ["TYPES", "Alert", "draw", "draw_alerts", "draw_text"]
