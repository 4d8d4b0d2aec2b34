"""What a service file raises while it is imported, told as problems with a place, a reason and a fix."""

from collections.abc import Iterator
from pathlib import Path

from relrails.loader import calls, names
from relrails.loader.absent import LOST
from relrails.loader.scene import Scene, scene_of
from relrails.loader.unreadable import unreadable
from relrails.problems import Label, Problem

_LONGEST = 200


def problems_of(error: BaseException, file: Path, root: Path) -> Iterator[Problem]:
    """Turn an exception into problems; a call with several mistakes gives one for each."""
    scene = scene_of(error, file, root)
    told = [p for p in (unreadable(error, scene),) if p]
    if not told and isinstance(error, TypeError):
        told = list(calls.problems(error, scene))
    here = scene.raised_here or isinstance(error, ImportError)  # Python takes its own frames out of an ImportError
    if not told and here and isinstance(error, NameError | AttributeError | ImportError):
        told = [names.problem(error, scene)]
    yield from told or [_raised(error, scene)]


def _raised(error: BaseException, scene: Scene) -> Problem:
    if isinstance(error, SystemExit):
        return Problem(
            code="service/exits",
            what=f"{scene.shown} does not load: it ends the program",
            labels=(Label(scene.place, f"SystemExit({error.code!r})"), *scene.through),
            why=f"an import must come back, or no other service is read; {LOST}",
            fix="leave the call out of the service file; to refuse a state, raise an exception that says why",
        )
    said = _text(error)
    return Problem(
        code="service/raises",
        what=f"{scene.shown} does not load: {said}",
        labels=(Label(scene.place, f"raises {type(error).__name__}"), *scene.through),
        why=LOST,
        fix=f"`python -c 'import runpy; runpy.run_path(\"{scene.shown}\")'` shows the whole traceback",
    )


def _text(error: BaseException) -> str:
    try:
        first = str(error).strip().split("\n")[0]
    except Exception:  # one that cannot even be printed
        first = ""
    kind = type(error).__name__
    return f"{kind}: {first[:_LONGEST]}" if first else kind
