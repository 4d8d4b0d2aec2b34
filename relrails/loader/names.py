"""A name that does not exist: misspelt, not imported, or left out on purpose."""

import builtins
import re
import sys
from pathlib import Path
from types import ModuleType

from relrails.loader.absent import LOST
from relrails.loader.near import near
from relrails.loader.scene import Scene
from relrails.problems import Label, Problem
from relrails.source import Span, source_lines

_NO_UNIT = {
    "month": "`30 * days`: a month has no fixed length",
    "months": "`30 * days`: a month has no fixed length",
    "quarter": "`90 * days`: a quarter has no fixed length",
    "year": "`365 * days`: a year has no fixed length",
    "years": "`365 * days`: a year has no fixed length",
    "week": "`7 * days`",
    "weeks": "`7 * days`",
    "us": "`0.001 * ms`",
    "m": "`minutes`; `m` is a metre to some and a minute to others",
}
_SHOPS = ("relrails", "relrails.units", "relrails.sli", "relrails.metric", "relrails.promql")


def problem(error: NameError | AttributeError | ImportError, scene: Scene) -> Problem:
    """Tell of a name that is not there, with the name that was probably meant."""
    missing = error.name or ""
    match error:
        case ModuleNotFoundError():
            what, text = f"there is no module '{missing}'", "not found"
            fix = _module_fix(missing, scene.root)
        case ImportError():
            module = sys.modules.get(missing)
            what, text = str(error), "not in there"
            missing = _imported(error)
            if missing:
                what = f"{error.name} has no '{missing}'"
            fix = _fix(missing, _inside(module), "import")
        case AttributeError():
            owner = getattr(error.obj, "__name__", type(error.obj).__name__)
            what, text = (f"{owner} has no '{missing}'" if missing else str(error)), "not in there"
            fix = _fix(missing, dir(error.obj), "write")
        case _:
            what, text = f"the name '{missing}' is not defined", "not defined here"
            scope = {**scene.frame.f_globals, **scene.frame.f_locals} if scene.frame else {}
            fix = _fix(missing, [*scope, *dir(builtins)], "write")
    return Problem(
        code="service/unknown-name",
        what=f"{scene.shown} does not load: {what}",
        labels=(Label(_narrowed(scene.place, missing), text), *scene.through),
        why=LOST,
        fix=fix,
    )


def _fix(missing: str, known: list[str], verb: str) -> str:
    if missing in _NO_UNIT:
        return f"write {_NO_UNIT[missing]}"
    shops = {n: shop for shop in reversed(_SHOPS) for n in dir(sys.modules.get(shop)) if not n.startswith("_")}
    if missing in shops:
        return f"import it: `from {shops[missing]} import {missing}`"
    private = missing.startswith("_")
    if close := near(missing, (n for n in known if n.startswith("_") == private)):
        return f"{verb} `{close}`"
    if close := near(missing, shops):
        return f"write `{close}`, from {shops[close]}"
    return "define it above this line, or import it"


def _inside(module: ModuleType | None) -> list[str]:
    """Name what can be imported from a module, the files of a folder too."""
    folders = [Path(p) for p in getattr(module, "__path__", ())]
    return [*dir(module), *(file.stem for folder in folders for file in folder.glob("*.py"))]


def _module_fix(missing: str, root: Path) -> str:
    parent, _, last = missing.rpartition(".")
    folder = root.joinpath(*parent.split(".")) if parent else root
    known = [p.stem for p in folder.iterdir() if p.suffix == ".py" or p.is_dir()] if folder.is_dir() else []
    shops = [] if parent not in {"", "relrails"} else [s.rpartition(".")[2] for s in _SHOPS]
    close = near(last, [*known, *shops])
    if close and close != last:
        return f"write `{parent}.{close}`" if parent else f"write `{close}`"
    return f"a helper beside the services lies in {root.name}/; a package must be installed where relrails runs"


def _imported(error: ImportError) -> str:
    found = re.match(r"cannot import name '([^']+)'", str(error))
    return found[1] if found else ""


def _narrowed(place: Span, missing: str) -> Span:
    """Point at the name itself in a longer statement such as `from relrails.units import days, month`."""
    lines = source_lines(place.file)
    if not missing or place.line is None or place.column is None:
        return place
    last = place.end_line or place.line
    for number in range(last, place.line - 1, -1):
        text = lines[number - 1] if number <= len(lines) else ""
        found = [m.start() for m in re.finditer(rf"\b{re.escape(missing.rpartition('.')[2])}\b", text)]
        inside = [c for c in found if (number, c) >= (place.line, place.column)]
        inside = [c for c in inside if number < last or place.end_column is None or c < place.end_column]
        if inside:
            end = inside[-1] + len(missing.rpartition(".")[2])
            return Span(place.file, number, inside[-1], number, end, place.called_from)
    return place
