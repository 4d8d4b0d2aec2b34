"""Words: a text panel, the alerts that fire, and what is said where there is nothing to draw."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from relrails.preview import colors
from relrails.preview.draw.canvas import FONT, SMALL, Canvas, cut, width_of, wrap

LINE = 17.0
_LINK = re.compile(r"\[((?:[^\]\\]|\\.)*)\]\(<?([^)>]*)>?\)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~&!.()+-])")
_STATES = {"firing": ("red", "FIRING"), "pending": ("yellow", "PENDING")}


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that is pending or fires; `since` is for how long, in words."""

    name: str
    state: str
    labels: str
    since: str


def markdown(canvas: Canvas, text: str) -> None:
    """Draw the paragraphs, lists and code of a text; the rest of Markdown stays as it is written."""
    y, code = LINE / 2, False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            code = not code
            continue
        if y > canvas.height - LINE:
            canvas.write(0, canvas.height - LINE / 2, "…", color=colors.FAINT)
            return
        if code:
            canvas.write(
                8, y, cut(line, canvas.width - 16, SMALL, mono=True), size=SMALL, mono=True, color=colors.FAINT
            )
            y += LINE - 3
            continue
        y = _paragraph(canvas, line, y)


def _paragraph(canvas: Canvas, line: str, y: float) -> float:
    bold = line.startswith("**") and line.endswith("**")
    bullet = line.startswith(("* ", "- "))
    said = _plain(line[2:] if bullet else line)
    if not said:
        return y + LINE / 2
    left = 14.0 if bullet else 0.0
    if bullet:
        canvas.write(4, y, "•")
    for part in wrap(said, canvas.width - left - 4):
        canvas.write(left, y, part, bold=bold or line.startswith("#"))
        y += LINE
    return y


def _plain(line: str) -> str:
    said = _LINK.sub(lambda m: f"{m[1]} ({m[2]})" if m[2] else m[1], line.lstrip("# "))
    said = said.removeprefix("**").removesuffix("**") if line.startswith("**") else said
    return _ESCAPED.sub(r"\1", said).replace("&#36;", "$").replace("`", "")


def alerts(canvas: Canvas, found: Sequence[Alert]) -> None:
    """List alerts, the worst first."""
    if not found:
        said(canvas, ["no alert is pending or fires"], colors.FAINT)
        return
    most = max(int(canvas.height // (2 * LINE + 4)), 1)
    shown = found if len(found) <= most else found[: max(most - 1, 1)]
    for index, alert in enumerate(shown):
        y = index * (2 * LINE + 4)
        color, word = _STATES.get(alert.state, ("gray", alert.state.upper()))
        canvas.box(0, y + 3, 66, LINE - 3, colors.color(color) or colors.FAINT, round_=2)
        canvas.write(33, y + 3 + (LINE - 3) / 2, word, size=SMALL, color=colors.PAPER, align="center", bold=True)
        canvas.write(74, y + LINE / 2 + 2, cut(alert.name, canvas.width - 140, bold=True), bold=True)
        canvas.write(canvas.width - 4, y + LINE / 2 + 2, alert.since, size=SMALL, color=colors.FAINT, align="right")
        canvas.write(
            74, y + LINE * 1.5 + 1, cut(alert.labels, canvas.width - 78, SMALL), size=SMALL, color=colors.FAINT
        )
    if len(shown) < len(found):
        more = f"… and {len(found) - len(shown)} more"
        canvas.write(74, len(shown) * (2 * LINE + 4) + LINE / 2, more, size=SMALL, color=colors.FAINT)


def said(canvas: Canvas, lines: Sequence[str], color: str, *, top: bool = False) -> float:
    """Say something in the middle of a panel, or at its top; gives the height that it takes."""
    size = FONT if width_of(max(lines, key=len)) < canvas.width else SMALL
    broken = [part for line in lines for part in wrap(line, canvas.width - 16, size)]
    broken = broken[: max(int(canvas.height // LINE), 1)]
    y = LINE / 2 if top else max((canvas.height - LINE * len(broken)) / 2, 0) + LINE / 2
    for line in broken:
        canvas.write(canvas.width / 2, y, line, size=size, color=color, align="center")
        y += LINE
    return LINE * len(broken)
