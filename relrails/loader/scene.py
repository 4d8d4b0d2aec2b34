"""Where an import went wrong: the writer's lines that a traceback passes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from relrails.problems import Label
from relrails.source import Source, Span, code_span

_OURS = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Scene:
    """The deepest line of the writer's own files, and the line of the service file that led to it.

    `raised_here` tells that nothing deeper raised: Python refuses the arguments of a call before it enters it.
    """

    file: Path
    root: Path
    place: Span
    frame: FrameType | None
    source: Source | None
    raised_here: bool
    through: tuple[Label, ...]

    @property
    def shown(self) -> str:
        """The file at fault, from the project's folder."""
        return shown(Path(self.place.file), self.root)


def scene_of(error: BaseException, file: Path, root: Path) -> Scene:
    """Read the traceback of an exception that came out of a service file."""
    passed = list(_frames(error.__traceback__))
    frames = [(f, i) for f, i in passed if is_writers(Path(f.f_code.co_filename), root)]
    if not frames:
        return Scene(file, root, Span(str(file)), None, None, False, ())
    spans = [code_span(frame.f_code, instruction) for frame, instruction in frames]
    frame, instruction = frames[-1]
    return Scene(
        file=file,
        root=root,
        place=spans[-1],
        frame=frame,
        source=Source((frame.f_code, instruction)),
        raised_here=passed[-1][0] is frame,
        through=() if spans[0].file == spans[-1].file else (Label(spans[0], "on the way from here"),),
    )


def is_writers(file: Path, root: Path) -> bool:
    """Tell whether a file belongs to the project, and not to a library installed inside its folder."""
    library = {"site-packages", "dist-packages"} & set(file.parts)
    return file.is_relative_to(root) and not file.is_relative_to(_OURS) and not library


def shown(file: Path, root: Path) -> str:
    """Write a path from the project's folder."""
    return (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lasti
        trace = trace.tb_next
