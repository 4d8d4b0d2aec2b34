"""From `services/*.py` to services and problems; one bad file does not hide the others."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from relrails.loader.absent import empty_folder, file_name, no_folder, no_service, not_a_service
from relrails.loader.imports import Project
from relrails.loader.mistakes import problems_of
from relrails.problems import Problem, sorted_problems
from relrails.service import Service

_MISSING = object()


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What a folder of services holds.

    `files` are the service files, loaded or not; `inputs` are all of the project's files that were imported on the
    way, helpers too.
    """

    services: tuple[Service, ...]
    problems: tuple[Problem, ...]
    files: tuple[Path, ...]
    inputs: tuple[Path, ...]


def load(services_dir: Path) -> Loaded:
    """Import every file of a folder by itself; each must define `service`.

    Files that start with `_` are helpers. Whatever a file raises becomes a Problem; only KeyboardInterrupt passes.
    """
    folder = Path(os.path.abspath(services_dir))  # noqa: PTH100 - resolve() would follow links, and show other paths than the user's
    if not folder.is_dir():
        return Loaded(services=(), problems=(no_folder(folder),), files=(), inputs=())
    files = tuple(sorted(f for f in folder.glob("*.py") if not f.name.startswith(("_", "."))))
    if not files:
        return Loaded(services=(), problems=(empty_folder(folder),), files=(), inputs=())
    with Project(folder) as project:
        found = [item for file in files for item in _read(project, file)]
        inputs = tuple(sorted({*files, *project.imported}))
    services = tuple(item for item in found if isinstance(item, Service))
    problems = _merged([item for item in found if isinstance(item, Problem)])
    return Loaded(services=services, problems=problems, files=files, inputs=inputs)


def _read(project: Project, file: Path) -> Iterator[Service | Problem]:
    if "." in file.stem:
        yield file_name(file)
        return
    try:
        module = project.load(file.stem)
    except (Exception, SystemExit) as error:
        yield from problems_of(error, file, project.root)
        return
    service = vars(module).get("service", _MISSING)
    if service is _MISSING:
        yield no_service(file, vars(module), project.root)
    elif isinstance(service, Service):
        yield service
    else:
        yield not_a_service(file, service, project.root)


def _merged(problems: list[Problem]) -> tuple[Problem, ...]:
    """Tell a fault in a helper once, with every line that imports it."""
    merged: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        key = (problem.code, problem.what, problem.labels[:1])
        first = merged.setdefault(key, problem)
        merged[key] = replace(first, labels=tuple(dict.fromkeys((*first.labels, *problem.labels))))
    return tuple(sorted_problems(merged.values()))
