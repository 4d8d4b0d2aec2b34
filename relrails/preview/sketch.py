"""A dashboard asked and drawn: every panel with its place, its picture and what happened to its queries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from relrails.live.panels import Data, Exemplars, Failed, LabelValues, Question
from relrails.live.prometheus import Instant, Range
from relrails.preview import answers, numbers
from relrails.preview.answers import Answer
from relrails.preview.board import Board, Panel, Query
from relrails.preview.clock import Span
from relrails.preview.draw import TYPES, Alert, draw, draw_alerts, draw_text
from relrails.preview.fields import Filled
from relrails.preview.variables import Scope, Variable

CELL, ROW, GAP = 60, 38, 8
"""Pixels of a column and of a row of Grafana's grid, and between panels."""
HEAD = 28
"""Pixels of a panel's title."""

State = Literal["data", "no data", "failed", "no query", "not drawn"]


class Ask(Protocol):
    """Whatever answers questions, in their order."""

    def __call__(self, questions: Sequence[Question], /) -> Sequence[Data | Failed]:
        """Give the answers."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A panel that is drawn: its place in pixels below its heading, what is inside its SVG, and what was asked."""

    title: str
    description: str
    x: int
    y: int
    width: int
    height: int
    svg: str
    state: State
    asked: tuple[tuple[str, str], ...]
    troubles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A heading and the pictures below it; `height` is what they take."""

    title: str
    pictures: tuple[Picture, ...]
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Sketch:
    """A whole dashboard."""

    title: str
    parts: tuple[Part, ...]
    span: Span
    variables: tuple[Variable, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Give all panels."""
        return tuple(picture for part in self.parts for picture in part.pictures)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one panel asks, and how it is drawn when the answers are there."""

    panel: Panel
    title: str
    questions: tuple[Question, ...]
    asked: tuple[tuple[str, str], ...]
    finish: Callable[[Sequence[Data | Failed]], tuple[str, State, tuple[str, ...]]]


def sketch(board: Board, span: Span, chosen: Sequence[Variable], ask: Ask) -> Sketch:
    """Ask everything at once, and draw it."""
    filled = _with_values(chosen, span, ask)
    plans = [[_plan(board, panel, span, filled) for panel in section.panels] for section in board.sections]
    questions = [question for section in plans for plan in section for question in plan.questions]
    said = list(ask(questions)) if questions else []
    parts = []
    for section, planned in zip(board.sections, plans, strict=True):
        top = min((plan.panel.at["y"] for plan in planned), default=0)
        pictures = []
        for plan in planned:
            mine, said = said[: len(plan.questions)], said[len(plan.questions) :]
            pictures.append(_picture(plan, mine, top))
        height = max((p.y + p.height + GAP for p in pictures), default=0)
        parts.append(Part(title=_words(section.title, span, filled), pictures=tuple(pictures), height=height))
    return Sketch(title=board.title, parts=tuple(parts), span=span, variables=tuple(filled))


def _with_values(chosen: Sequence[Variable], span: Span, ask: Ask) -> list[Variable]:
    """Ask for the values of the variables that stand for all of them and have no expression for it."""
    wanted = [v for v in chosen if v.kind == "query" and v.label and not v.chosen and v.every is None]
    questions = [LabelValues(v.label or "", v.of, span.start, span.end) for v in wanted]
    found = dict(zip((v.name for v in wanted), ask(questions) if questions else (), strict=True))
    return [replace(v, values=answers.names(found[v.name])) if v.name in found else v for v in chosen]


def _words(text: str, span: Span, of: Sequence[Variable]) -> str:
    return Scope(variables={v.name: v for v in of}, span=span, step=span.scrape).words(text)


def _size(panel: Panel) -> tuple[int, int]:
    return panel.at["w"] * CELL - GAP, panel.at["h"] * ROW - GAP


def _picture(plan: _Plan, said: Sequence[Data | Failed], top: int) -> Picture:
    width, height = _size(plan.panel)
    svg, state, troubles = plan.finish(said)
    return Picture(
        title=plan.title,
        description=plan.panel.description,
        x=plan.panel.at["x"] * CELL,
        y=(plan.panel.at["y"] - top) * ROW,
        width=width,
        height=height,
        svg=svg,
        state=state,
        asked=plan.asked,
        troubles=troubles,
    )


def _plan(board: Board, panel: Panel, span: Span, of: Sequence[Variable]) -> _Plan:
    width, height = _size(panel)
    inside = (width - 20, height - HEAD - 8)
    own = span.of(panel.json.get("timeFrom"))
    step = own.step(width, panel.json.get("interval"))
    scope = Scope(variables={v.name: v for v in of}, span=own, step=step, own={"__dashboard": board.title})
    title = scope.words(panel.title) + (f"  (last {panel.json['timeFrom']})" if panel.json.get("timeFrom") else "")
    salt = f"{board.title}/{panel.json.get('id', panel.title)}"
    match panel.type:
        case "text":
            content = scope.words(str(panel.options.get("content", "")))
            return _Plan(panel, title, (), (), lambda _: (draw_text(content, *inside, salt), "no query", ()))
        case "alertlist":
            return _alert_plan(panel, title, scope, inside, salt)
        case _:
            return _data_plan(panel, title, scope, inside, salt)


def _data_plan(panel: Panel, title: str, scope: Scope, inside: tuple[int, int], salt: str) -> _Plan:
    asked = [(query, scope.query(query.expr)) for query in panel.queries]
    aligned = scope.span.aligned(scope.step)
    questions: list[Question] = []
    for query, expr in asked:
        questions += _questions(query, expr, aligned, scope)

    def finish(said: Sequence[Data | Failed]) -> tuple[str, State, tuple[str, ...]]:
        left = list(said)
        found: list[tuple[Query, str, Answer]] = []
        for query, expr in asked:
            answer = answers.answer(left.pop(0), None if query.instant else scope.step)
            found.append((query, expr, replace(answer, dots=answers.dots(left.pop(0))) if _dotted(query) else answer))
        filled = Filled(panel=panel, title=title, queries=tuple(found), span=aligned, step=scope.step)
        return draw(filled, *inside, salt), _state(filled), filled.troubles

    return _Plan(panel, title, tuple(questions), tuple((q.ref, expr) for q, expr in asked), finish)


def _dotted(query: Query) -> bool:
    return query.exemplars and not query.instant


def _questions(query: Query, expr: str, span: Span, scope: Scope) -> list[Question]:
    if query.instant:
        return [Instant(expr, scope.span.end)]
    found: list[Question] = [Range(expr, span.start, span.end, scope.step)]
    return [*found, Exemplars(expr, span.start, span.end)] if query.exemplars else found


def _state(filled: Filled) -> State:
    if filled.panel.type not in TYPES:
        return "not drawn"
    if not filled.queries:
        return "no query"
    if filled.troubles:
        return "failed"
    return "no data" if filled.empty else "data"


def _alert_plan(panel: Panel, title: str, scope: Scope, inside: tuple[int, int], salt: str) -> _Plan:
    """Ask Prometheus for the alerts that Grafana would get from every rule source it knows."""
    among = scope.query(str(panel.options.get("alertInstanceLabelFilter", ""))).strip("{} ")
    expr, since = f"ALERTS{{{among}}}", f"ALERTS_FOR_STATE{{{among}}}"
    questions = (Instant(expr, scope.span.end), Instant(since, scope.span.end))

    def finish(said: Sequence[Data | Failed]) -> tuple[str, State, tuple[str, ...]]:
        found, began = (answers.answer(answer) for answer in said)
        if found.trouble:
            return draw_alerts(found.trouble, *inside, salt), "failed", (found.trouble,)
        begins = {_identity(s.labels): s.values[-1] for s in began.series}
        listed = [_alert(s.labels, begins.get(_identity(s.labels)), scope.span.end) for s in found.series]
        worst = sorted(listed, key=lambda a: (a.state != "firing", a.name, a.labels))
        return draw_alerts(worst, *inside, salt), "data", ()

    return _Plan(panel, title, questions, (("A", expr),), finish)


def _identity(labels: object) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, v) for k, v in dict(labels).items() if k not in {"__name__", "alertstate"}))  # type: ignore[call-overload]


def _first(label: str) -> tuple[int, str]:
    """Put first what tells alerts apart."""
    known = ("service", "slo", "journey", "severity")
    return known.index(label) if label in known else len(known), label


def _alert(labels: object, since: float | None, now: float) -> Alert:
    known: dict[str, str] = dict(labels)  # type: ignore[call-overload]
    told = sorted((k for k in known if k not in {"__name__", "alertname", "alertstate"}), key=_first)
    rest = [f"{name}={known[name]}" for name in told]
    length = "" if since is None else numbers.text(max(now - since, 0), "dtdurations")
    return Alert(known.get("alertname", ""), known.get("alertstate", ""), "  ".join(rest), length)
