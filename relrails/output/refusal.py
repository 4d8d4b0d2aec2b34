"""What stops a run before it has changed anything, told as problems."""

from collections.abc import Iterable
from pathlib import Path

from relrails.problems import Label, Problem
from relrails.source import Span

FORCE = "`relrails generate --force`"


class Refused(Exception):  # noqa: N818 - it is what happened, and reads so where it is caught
    """The folder is as it was; `problems` say why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(p.what for p in self.problems))


def _at(file: Path, text: str = "") -> tuple[Label, ...]:
    return (Label(Span(str(file)), text),)


def unsafe_path(out: Path, path: str, fault: str) -> Problem:
    """Make the problem of a path that not every machine can write."""
    return Problem(
        code="output/unsafe-path",
        what=f"a file cannot be named {path!a}: {fault}",
        labels=_at(out),
        why="generated/ must be the same tree on every machine, and nothing outside it may ever be written",
        fix="change the name of the service or SLO that the path is made of",
    )


def collision(out: Path, one: str, other: str) -> Problem:
    """Make the problem of two paths that differ only in case."""
    return Problem(
        code="output/case-collision",
        what=f"'{one}' and '{other}' are one file on macOS and Windows",
        labels=_at(out),
        why="the second would overwrite the first there, and its alerts would be gone without a word",
        fix="rename one of the two services or SLOs, not only in upper and lower case",
    )


def twice(out: Path, path: str) -> Problem:
    """Make the problem of a path that is made twice."""
    return Problem(
        code="output/made-twice",
        what=f"'{path}' would be written twice",
        labels=_at(out / path),
        why="only the second would remain",
        fix="give the two services or SLOs that it comes from different names",
    )


def linked(folder: Path) -> Problem:
    """Make the problem of a folder that is a symbolic link."""
    return Problem(
        code="output/linked-folder",
        what=f"'{folder.name}' is a symbolic link, and files would be written to where it leads",
        labels=_at(folder),
        why="relrails writes and removes files in its own folder only",
        fix="replace the link by a folder, or point `--out` at where it leads",
    )


def in_the_way(path: Path, kind: str) -> Problem:
    """Make the problem of something else at the place of a file or folder."""
    return Problem(
        code="output/in-the-way",
        what=f"'{path.name}' is {kind}, and something else must be there",
        labels=_at(path),
        why="relrails removes files that it made, and nothing else",
        fix="move it away",
    )


def not_ours(path: Path) -> Problem:
    """Make the problem of somebody else's file."""
    return Problem(
        code="output/not-ours",
        what=f"'{path.name}' is there already, differs, and was not made by relrails",
        labels=_at(path),
        why="it is not in MANIFEST.sha256, so overwriting it would lose what somebody wrote",
        fix=f"move it away, or overwrite it with {FORCE}",
    )


def edited(path: Path) -> Problem:
    """Make the problem of a file that would be removed, but was changed by hand."""
    return Problem(
        code="output/edited",
        what=f"'{path.name}' is no longer made, but somebody has changed it since it was",
        labels=_at(path),
        why="its hash is not the one in MANIFEST.sha256, so removing it would lose that change",
        fix=f"move it away, or remove it with {FORCE}",
    )


def other_manifest(manifest: Path, count: int) -> Problem:
    """Make the problem of a manifest that lists nothing of ours."""
    return Problem(
        code="output/other-manifest",
        what=f"{manifest.name} lists {count} files, and none that relrails makes now",
        labels=_at(manifest),
        why="it looks like the manifest of another program, whose files would all be removed",
        fix=f"write to another folder with `--out`; if everything was renamed at once, {FORCE}",
    )


def locked(out: Path, waited: int) -> Problem:
    """Make the problem of another run that does not end."""
    return Problem(
        code="output/locked",
        what=f"another relrails has been writing {out.name}/ for {waited} s",
        labels=_at(out),
        why="two runs at once would mix their files",
        fix=f"wait for it, or end it; `fuser {out.name}` shows its process",
    )
