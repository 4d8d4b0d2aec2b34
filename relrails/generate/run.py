"""One run of generate: everything, or only what has changed since the last one."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from relrails.generate.inputs import Reading, engine, hashes
from relrails.generate.linting import checked, in_order
from relrails.generate.memory import Memory, Piece, place, recall, remember
from relrails.generate.parallel import aside, processes
from relrails.output import Entry, Writing, Written, intact, sha256
from relrails.problems import Problem, has_errors

if TYPE_CHECKING:
    from relrails.generate.rendering import Drawn, Progress
    from relrails.service import Service

FLEET = ""
"""The name under which the files of all services together are remembered; no service has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Generated:
    """What a run did: nothing was written when `written` is None, because there was an error."""

    services: int
    problems: tuple[Problem, ...]
    written: Written | None
    remembered: bool = False
    """Whether nothing had changed since the last run, so that not even the services were loaded."""


def generate(
    services_dir: Path, out: Path, *, today: date, force: bool = False, progress: "Progress | None" = None
) -> Generated:
    """Make `out` what the services say; writes nothing while there is an error.

    Raises `output.Refused` where a file of somebody else is in the way.
    """
    file = place(services_dir, out)
    memory = recall(file)
    if memory is not None and memory.engine != engine():
        memory = None
    if memory is not None and _unchanged(memory, out, today):
        paths = tuple(sorted(path for piece in memory.pieces.values() for path in piece.files))
        written = Written(created=(), changed=(), removed=(), unchanged=paths, manifest_sha256=memory.manifest)
        return Generated(services=memory.services, problems=memory.problems, written=written, remembered=True)

    with ExitStack() as beside:
        ours = beside.enter_context(aside(engine))  # nobody waits for it while services are loaded
        reading = Reading(services_dir.absolute().parent)
        with reading.watch():
            from relrails.loader import load  # imports pint

            loaded = load(services_dir)
            drawn = None if memory is not None or has_errors(loaded.problems) else _drawing(loaded.services, beside)
            linted = checked(loaded, today=today)
        inputs = reading.inputs(linted.inputs, out.absolute())
        if linted.failed:
            return Generated(services=linted.files, problems=linted.problems, written=None)
        written, pieces = _write(linted.services, out, memory, force=force, progress=progress, drawn=drawn)
        if inputs is not None:
            remember(
                file,
                Memory(
                    engine=ours(),
                    today=today.isoformat(),
                    inputs=inputs,
                    manifest=written.manifest_sha256,
                    services=linted.files,
                    problems=linted.problems,
                    pieces=pieces,
                ),
            )
    return Generated(services=linted.files, problems=linted.problems, written=written)


def _unchanged(memory: Memory, out: Path, today: date) -> bool:
    same = memory.today == today.isoformat() and hashes(memory.inputs, out.absolute()) == memory.inputs
    return same and intact(out, memory.manifest)


def _drawing(services: "Sequence[Service]", beside: ExitStack) -> "Drawn | None":
    """Begin the dashboards of a few services before they are checked; nobody wants them if a check finds an error."""
    if processes(len(services)) > 1:  # each of them draws what it renders
        return None
    from relrails.generate.rendering import drawing

    ordered = in_order(services)
    return beside.enter_context(drawing(ordered, ordered))


def _write(
    services: "Sequence[Service]",
    out: Path,
    memory: Memory | None,
    *,
    force: bool,
    progress: "Progress | None",
    drawn: "Drawn | None",
) -> tuple[Written, dict[str, Piece]]:
    from relrails.generate.rendering import each_and_all  # the targets come with it

    # A service is rendered from its value, and its repr is the whole of it but for where it was written.
    keys = {service.name: sha256(repr(service).encode()) for service in services}
    keys[FLEET] = sha256("".join(keys[name] for name in sorted(keys)).encode())
    known = {} if memory is None else memory.pieces
    made: dict[str, list[Entry]] = {}
    with Writing(out, force=force) as writing:
        for name, key in keys.items():
            piece = known.get(name)
            kept = writing.keep(piece.files) if piece is not None and piece.key == key else None
            if kept is not None:
                made[name] = kept
        changed = [service for service in services if service.name not in made]
        fleet = None if FLEET in made else services
        names = [service.name for service in changed] + ([] if fleet is None else [FLEET])
        if names:
            made.update(zip(names, each_and_all(changed, fleet, writing.add, progress, drawn), strict=True))
        written = writing.commit(entry for entries in made.values() for entry in entries)
    pieces = {name: Piece(key=keys[name], files={e.path: e.sha256 for e in made[name]}) for name in keys}
    return written, pieces
