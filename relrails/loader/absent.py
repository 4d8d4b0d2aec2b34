"""Problems of files that load, or are not there, but give no service."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from relrails.loader.near import near
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.source import Span, node_span, source_text

LOST = "a service that is not read has no rules, so its alerts would be gone from the next generated/"


def no_folder(folder: Path) -> Problem:
    """Make the problem of a folder that is not there."""
    if folder.exists():
        what, fix = f"{folder.name} is a file, not a folder of services", "name the folder that holds the service files"
    else:
        there = [p.name for p in folder.parent.iterdir() if p.is_dir()] if folder.parent.is_dir() else []
        close = near(folder.name, there)
        what = f"there is no folder {folder.name}/"
        fix = (
            f"name `{close}/`, which is there"
            if close
            else "`relrails new service NAME` makes it, with a first service"
        )
    return Problem(
        code="service/no-folder",
        what=what,
        labels=(Label(Span(str(folder))),),
        why="without service files there is nothing to generate, and every rule made before would be removed",
        fix=fix,
    )


def empty_folder(folder: Path) -> Problem:
    """Make the problem of a folder without service files."""
    return Problem(
        code="service/none-found",
        what=f"{folder.name}/ holds no service file",
        labels=(Label(Span(str(folder))),),
        why="without service files there is nothing to generate, and every rule made before would be removed",
        fix="`relrails new service NAME` writes the first one; files that start with `_` are helpers and do not count",
    )


def file_name(file: Path) -> Problem:
    """Make the problem of a file whose name Python cannot import."""
    better = file.stem.replace(".", "_")
    return Problem(
        code="service/file-name",
        what=f"{file.name} cannot be imported: its name has a dot",
        labels=(Label(Span(str(file))),),
        why=f"Python reads `{file.stem}` as a module inside the package `{file.stem.split('.')[0]}`; {LOST}",
        fix=f"rename it to `{better}.py`",
    )


def no_service(file: Path, names: Mapping[str, Any], root: Path) -> Problem:
    """Make the problem of a file that defines no `service`."""
    shown = file.relative_to(root).as_posix()
    others = [name for name, value in names.items() if isinstance(value, Service)]
    example = f"service = Service(name={file.stem.replace('_', '-')!r}, ...)".replace("'", '"')
    span, text = Span(str(file)), ""
    fix = f"add `{example}`; if the file only helps others, let its name start with `_`"
    if len(others) == 1:
        span, text = _assigned(file, others[0]) or span, "a Service under another name"
        fix = f"name it `service`, not `{others[0]}`"
    elif others:
        fix = f"give each of {', '.join(f'`{n}`' for n in others)} a file of its own, and name it `service` there"
    return Problem(
        code="service/not-defined",
        what=f"{shown} defines no `service`",
        labels=(Label(span, text),),
        why=f"a file in {root.joinpath(shown).parent.name}/ is read for its `service`; {LOST}",
        fix=fix,
    )


def not_a_service(file: Path, value: object, root: Path) -> Problem:
    """Make the problem of a `service` that is something else."""
    shown = file.relative_to(root).as_posix()
    if value is Service:
        kind, fix = "the class Service itself", 'call it: `service = Service(name="...", ...)`'
    elif isinstance(value, tuple | list) and value and all(isinstance(v, Service) for v in value):
        kind, fix = f"{len(value)} services", "give each service a file of its own"
    else:
        kind, fix = f"of type {type(value).__name__}", 'write `service = Service(name="...", ...)`'
    return Problem(
        code="service/not-a-service",
        what=f"`service` in {shown} is {kind}",
        labels=(Label(_assigned(file, "service", value=True) or Span(str(file)), "not a Service"),),
        why=f"only a Service can be rendered; {LOST}",
        fix=fix,
    )


def _assigned(file: Path, name: str, *, value: bool = False) -> Span | None:
    """Find where a file last assigns to a name: the name, or the value."""
    found = None
    for statement in ast.parse(source_text(str(file))).body:
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        for target in targets:
            given = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            if isinstance(target, ast.Name) and target.id == name and given is not None:
                found = node_span(str(file), given if value else target)
    return found
