"""A call that Python refuses for its arguments: misspelt, missing, or without their names."""

import ast
import builtins
import inspect
import re
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from relrails.loader.absent import LOST
from relrails.loader.examples import example
from relrails.loader.near import near
from relrails.loader.scene import Scene
from relrails.problems import Label, Problem
from relrails.source import node_span, source_text

_REFUSED = re.compile(
    r"unexpected keyword argument|missing \d+ required|takes \d+ positional|takes from \d+ to \d+ positional|takes no "
)


def problems(error: TypeError, scene: Scene) -> Iterator[Problem]:
    """Hold a refused call against what it calls, and tell every mistake in it; nothing when it is not such an error."""
    source, frame = scene.source, scene.frame
    if source is None or frame is None or not scene.raised_here or not _REFUSED.search(str(error)):
        return
    call = source.syntax()
    target = None if call is None else _called(call.func, frame)
    parameters = _parameters(target)
    if call is None or parameters is None or any(k.arg is None for k in call.keywords):
        return
    thing = getattr(target, "__name__", "it")
    noun = "field" if inspect.isclass(target) else "parameter"
    given = {k.arg for k in call.keywords if k.arg}
    named = [n for n, p in parameters.items() if p.kind is not inspect.Parameter.VAR_POSITIONAL and n != "source"]
    by_place = [n for n, p in parameters.items() if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    meant: set[str] = set()
    for keyword in sorted(given - parameters.keys(), key=[k.arg for k in call.keywords].index):
        close = near(keyword, (n for n in named if n not in given))
        meant |= {close} if close else set()
        span = source.keyword(keyword) or source.span
        yield Problem(
            code="service/unknown-field",
            what=f"{scene.shown} does not load: {thing} has no {noun} '{keyword}'",
            labels=(Label(span, f"unknown {noun}"), *scene.through),
            why=f"the {noun}s of {thing} are {', '.join(named)}",
            fix=f"write `{close}`" if close else "leave it out, or write one of those",
        )
    free = [n for n in named if n not in given and n not in meant and n not in by_place]
    for place, argument in enumerate(call.args[len(by_place) :]):
        text = ast.get_source_segment(source_text(source.file), argument) or "..."
        name = free[place] if place < len(free) else None
        meant |= {name} if name else set()
        yield Problem(
            code="service/unnamed-field",
            what=f"{scene.shown} does not load: {thing} takes its {noun}s by name",
            labels=(Label(node_span(source.file, argument), "a value without a name"), *scene.through),
            why=f"the {noun}s of {thing} are {', '.join(named)}; with their names they can stand in any order",
            fix=f"write `{name}={text}`" if name else "leave it out",
        )
    placed = set(by_place[: len(call.args)])
    missing = [
        n for n in named if parameters[n].default is inspect.Parameter.empty and n not in given | meant | placed
        and parameters[n].kind is not inspect.Parameter.VAR_KEYWORD
    ]  # fmt: skip
    if missing:
        added = "\n".join(f"{n}={example(thing, n)}," for n in missing)
        yield Problem(
            code="service/missing-field",
            what=f"{scene.shown} does not load: {thing} has no {_listed(missing, 'or')}",
            labels=(Label(source.name, f"needs {_listed(missing, 'and')}"), *scene.through),
            why=f"nothing stands in for it, because a guess would be rendered as a promise; {LOST}",
            fix=f"add, for example,\n{added}" if len(missing) > 1 else f"add, for example, `{added}`",
        )


def _listed(names: list[str], last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _parameters(target: Any) -> Mapping[str, inspect.Parameter] | None:
    if not callable(target):
        return None
    try:
        return inspect.signature(target).parameters
    except (TypeError, ValueError):  # some built-ins do not say
        return None


def _called(func: ast.expr, frame: FrameType) -> Any:
    """Find what a call calls: a name, or a name in a module."""
    if isinstance(func, ast.Name):
        for scope in (frame.f_locals, frame.f_globals, vars(builtins)):
            if func.id in scope:
                return scope[func.id]
    if isinstance(func, ast.Attribute):
        owner = _called(func.value, frame)
        return None if owner is None else getattr(owner, func.attr, None)
    return None
