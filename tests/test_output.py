"""generated/ is written wholly or not at all, and nobody else's file is touched."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relrails.files import File
from relrails.output import Refused, Stale, Writing, Written, check, diff, intact, write
from relrails.output.lock import alone

SHA256SUM = shutil.which("sha256sum") or "sha256sum"
OLD = (File("rules/a.yml", "a: 1\n"), File("rules/b.yml", "b: 1\n"), File("old/deep/gone.json", "{}\n"))
NEW = (File("rules/a.yml", "a: 2\n"), File("rules/b.yml", "b: 1\n"), File("new/deep/made.md", "# made\n"))


def tree(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def texts(files: tuple[File, ...]) -> dict[str, str]:
    return {file.path: file.text for file in files}


def made(folder: Path) -> dict[str, str]:
    return {path: text for path, text in tree(folder).items() if path != "MANIFEST.sha256"}


def folders(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_dir()}


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_the_manifest_satisfies_sha256sum(tmp_path: Path) -> None:
    write(OLD, tmp_path / "out")
    subprocess.run([SHA256SUM, "--strict", "-c", "MANIFEST.sha256"], cwd=tmp_path / "out", check=True)
    listed = [line.split("  ")[1] for line in (tmp_path / "out/MANIFEST.sha256").read_text().splitlines()]
    assert listed == ["old/deep/gone.json", "rules/a.yml", "rules/b.yml"]


def test_a_run_says_what_it_created_changed_removed_and_left(tmp_path: Path) -> None:
    first = write(OLD, tmp_path)
    assert first.created == ("old/deep/gone.json", "rules/a.yml", "rules/b.yml")
    second = write(NEW, tmp_path)
    assert second == Written(
        created=("new/deep/made.md",),
        changed=("rules/a.yml",),
        removed=("old/deep/gone.json",),
        unchanged=("rules/b.yml",),
        manifest_sha256=second.manifest_sha256,
    )
    assert made(tmp_path) == texts(NEW)
    assert folders(tmp_path) == {"rules", "new", "new/deep"}, "the folders that became empty are gone"


def test_a_second_run_touches_no_file(tmp_path: Path) -> None:
    write(OLD, tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    assert write(OLD, tmp_path).unchanged == ("old/deep/gone.json", "rules/a.yml", "rules/b.yml")
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("umask", [0o077, 0o000, 0o277])
def test_others_may_read_the_files_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write(OLD, tmp_path / "out")
    finally:
        os.umask(before)
    modes = {p.is_dir(): stat.S_IMODE(p.stat().st_mode) for p in sorted((tmp_path / "out").rglob("*"))}
    assert modes == {False: 0o644, True: 0o755}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o755


def test_somebody_elses_file_is_neither_overwritten_nor_pruned(tmp_path: Path) -> None:
    write(OLD, tmp_path)
    (tmp_path / "rules/mine.yml").write_text("by hand\n")
    (tmp_path / "old/deep/notes.txt").write_text("by hand\n")
    write(NEW, tmp_path)
    assert (tmp_path / "rules/mine.yml").read_text() == "by hand\n"
    assert (tmp_path / "old/deep/notes.txt").read_text() == "by hand\n"
    before = tree(tmp_path)
    with pytest.raises(Refused) as refused:
        write((*NEW, File("rules/mine.yml", "ours\n"), File("rules/c.yml", "c\n")), tmp_path)
    assert codes(refused) == ["output/not-ours"]
    assert tree(tmp_path) == before


def test_force_overwrites_somebody_elses_file(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yml").write_text("by hand\n")
    write(NEW, tmp_path, force=True)
    assert made(tmp_path) == texts(NEW)


def test_a_file_that_is_the_same_already_becomes_ours(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/b.yml").write_text("b: 1\n")
    assert write(NEW, tmp_path).unchanged == ("rules/b.yml",)
    assert write(NEW[:1], tmp_path).removed == ("new/deep/made.md", "rules/b.yml")


def test_an_edited_file_is_put_right_but_not_thrown_away(tmp_path: Path) -> None:
    write(OLD, tmp_path)
    (tmp_path / "rules/a.yml").write_text("edited\n")
    assert write(OLD, tmp_path).changed == ("rules/a.yml",)
    (tmp_path / "old/deep/gone.json").write_text("edited\n")
    with pytest.raises(Refused) as refused:
        write(NEW, tmp_path)
    assert codes(refused) == ["output/edited"]
    assert (tmp_path / "old/deep/gone.json").read_text() == "edited\n"
    assert write(NEW, tmp_path, force=True).removed == ("old/deep/gone.json",)


def test_the_manifest_of_another_program_costs_it_no_file(tmp_path: Path) -> None:
    write((File("release.tar", "theirs"),), tmp_path)
    with pytest.raises(Refused) as refused:
        write(OLD, tmp_path)
    assert codes(refused) == ["output/other-manifest"]
    assert made(tmp_path) == {"release.tar": "theirs"}


def test_a_manifest_cannot_name_files_outside_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(OLD, out)
    victim = tmp_path / "victim.txt"
    victim.write_text("precious")
    digest = subprocess.run([SHA256SUM, str(victim)], capture_output=True, text=True, check=True).stdout[:64]
    with (out / "MANIFEST.sha256").open("a") as manifest:
        manifest.write(f"{digest}  ../victim.txt\n{digest}  {victim}\n{digest}  rules/../../victim.txt\n")
    write(OLD, out, force=True)
    write(NEW, out, force=True)
    assert victim.read_text() == "precious"


def test_a_manifest_in_the_middle_of_a_merge_still_says_what_is_ours(tmp_path: Path) -> None:
    write(OLD, tmp_path)
    manifest = tmp_path / "MANIFEST.sha256"
    lines = manifest.read_text().splitlines()
    other = "0" * 64 + "  rules/a.yml"
    manifest.write_text("\n".join(["<<<<<<< ours", *lines[:2], "=======", other, ">>>>>>> theirs", *lines[2:], ""]))
    assert write(NEW, tmp_path).removed == ("old/deep/gone.json",)


@pytest.mark.parametrize(
    "path",
    [
        "../out.yml",
        "/etc/cron.d/x",
        "rules/../../x",
        "rules/./x",
        "rules//x",
        "",
        "rules/",
        "rules/a\nb.yml",
        "rules/a\\b.yml",
        "rules/a\x00b",
        "rules/\u202efdp.yml",
        "rules/con.yml",
        "rules/a.",
        "rules/a ",
        "rules/" + "x" * 256,
        "c:/x",
        "MANIFEST.sha256",
        "manifest.SHA256",
        "MANIFEST.sha256.undecided",
        ".relrails-stage/x",
        "rules/\ud800.yml",
    ],
)
def test_a_path_that_leads_elsewhere_stops_everything(tmp_path: Path, path: str) -> None:
    out = tmp_path / "out"
    with pytest.raises(Refused) as refused:
        write((*OLD, File(path, "x")), out)
    assert codes(refused) == ["output/unsafe-path"]
    assert not out.exists(), "not even the folder is left behind"


@pytest.mark.parametrize(
    "pair",
    [("rules/API.yml", "rules/api.yml"), ("Rules/a.yml", "rules/b.yml"), ("r/caf\u00e9.yml", "r/cafe\u0301.yml")],
)
def test_two_files_that_macos_keeps_as_one_are_refused(tmp_path: Path, pair: tuple[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        write(tuple(File(path, "x") for path in pair), tmp_path)
    assert codes(refused) == ["output/case-collision"]
    assert tree(tmp_path) == {}


def test_a_name_that_only_changes_its_case_is_replaced(tmp_path: Path) -> None:
    write((File("rules/API.yml", "x\n"), File("rules/b.yml", "")), tmp_path)
    write((File("rules/api.yml", "y\n"), File("rules/b.yml", "")), tmp_path)
    assert made(tmp_path) == {"rules/api.yml": "y\n", "rules/b.yml": ""}


def test_one_path_is_not_written_twice(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        write((File("rules/a.yml", "1"), File("rules/a.yml", "2")), tmp_path)
    assert codes(refused) == ["output/made-twice"]


@pytest.mark.parametrize("force", [False, True])
def test_a_linked_folder_is_not_followed(tmp_path: Path, force: bool) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    write(OLD, out)
    shutil.move(out / "rules", elsewhere)
    (out / "rules").symlink_to(elsewhere)
    for files in (NEW, OLD[2:], (*OLD[2:], File("rules/new.yml", ""))):
        with pytest.raises(Refused) as refused:
            write(files, out, force=force)
        assert set(codes(refused)) == {"output/linked-folder"}
    assert tree(elsewhere) == {"a.yml": "a: 1\n", "b.yml": "b: 1\n"}


def test_a_linked_file_is_replaced_and_what_it_leads_to_is_not(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere.yml"
    write(OLD, out)
    elsewhere.write_text("a: 2\n")
    (out / "rules/a.yml").unlink()
    (out / "rules/a.yml").symlink_to(elsewhere)
    write(NEW, out)
    assert not (out / "rules/a.yml").is_symlink()
    assert elsewhere.read_text() == "a: 2\n"
    (out / "linked.yml").symlink_to(elsewhere)
    with pytest.raises(Refused) as refused:
        write((*NEW, File("linked.yml", "a: 2\n")), out)
    assert codes(refused) == ["output/not-ours"]


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    write(OLD, tmp_path / "out")
    assert made(tmp_path / "real") == texts(OLD)
    assert (tmp_path / "out").is_symlink()


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_is_never_removed_for_a_file(tmp_path: Path, force: bool) -> None:
    (tmp_path / "rules/a.yml/inside").mkdir(parents=True)
    with pytest.raises(Refused) as refused:
        write(NEW, tmp_path, force=force)
    assert codes(refused) == ["output/in-the-way"]
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused) as refused:
        write((File("file/x.yml", ""),), tmp_path, force=force)
    assert codes(refused) == ["output/in-the-way"]
    with pytest.raises(Refused) as refused:
        write(NEW, tmp_path / "file", force=force)
    assert codes(refused) == ["output/in-the-way"]


def test_a_failure_while_files_are_made_leaves_the_old_tree(tmp_path: Path) -> None:
    write(OLD, tmp_path)
    before = tree(tmp_path)

    def files() -> Iterator[File]:
        yield from NEW
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(files(), tmp_path)
    assert tree(tmp_path) == before


def test_check_names_everything_that_is_stale(tmp_path: Path) -> None:
    write(OLD, tmp_path)
    assert check(OLD, tmp_path) == ()
    assert check(NEW, tmp_path) == (
        Stale("rules/a.yml", "differs"),
        Stale("new/deep/made.md", "missing"),
        Stale("old/deep/gone.json", "no longer made"),
        Stale("MANIFEST.sha256", "differs"),
    )
    assert made(tmp_path) == texts(OLD), "checking writes nothing"


@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), (NEW, OLD), ((File("a", "no end"),), (File("a", "no\nend"),))])
def test_git_applies_the_diff_and_nothing_is_stale_any_more(
    tmp_path: Path, old: tuple[File, ...], new: tuple[File, ...]
) -> None:
    out = tmp_path / "generated"
    write(old, out)
    patch = "".join(diff(new, out))
    git = shutil.which("git")
    if git is None:
        pytest.skip("not run, because there is no git to apply the diff with")
    subprocess.run([git, "apply", "-"], input=patch, text=True, cwd=tmp_path, check=True)
    assert check(new, out) == ()


def test_intact_means_every_byte(tmp_path: Path) -> None:
    digest = write(OLD, tmp_path).manifest_sha256
    assert intact(tmp_path, digest)
    assert not intact(tmp_path, "0" * 64)
    (tmp_path / "rules/b.yml").write_text("b: 2\n")
    assert not intact(tmp_path, digest)
    (tmp_path / "rules/b.yml").unlink()
    assert not intact(tmp_path, digest)
    write(OLD, tmp_path)
    (tmp_path / ".relrails-stage").mkdir()
    assert not intact(tmp_path, digest), "a run was interrupted"


def killed_at(event: int, action: Callable[[], object]) -> bool:
    """Run an action in a process of its own that dies at its nth change to the file system; False once it lives."""
    child = os.fork()
    if child == 0:
        count = 0

        def hook(name: str, args: tuple[object, ...]) -> None:
            nonlocal count
            writes = name == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
            if writes or name in {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}:
                count += 1
                if count == event:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            action()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_kill_at_any_moment_leaves_a_tree_that_the_next_run_completes(tmp_path: Path) -> None:
    events, undecided, completed = 0, 0, 0
    while True:
        out = tmp_path / str(events)
        write(OLD, out)
        (out / "mine.txt").write_text("by hand\n")
        before = tree(out)
        if not killed_at(events + 1, partial(write, NEW, out)):  # bound in the loop
            break
        events += 1
        decided = (out / ".relrails-stage/MANIFEST.sha256").exists()
        left = {path: text for path, text in tree(out).items() if not path.startswith(".relrails-stage/")}
        assert "mine.txt" in left
        for path, text in left.items():
            known = {before.get(path), texts(NEW).get(path)}
            assert text in known or path == "MANIFEST.sha256", "every file is wholly the old or wholly the new one"
        if decided:
            completed += 1
            # Whatever the next run is about to write, it first finishes what this one had decided, and knows its files.
            with Writing(out):
                assert made(out) == {**texts(NEW), "mine.txt": "by hand\n"}
        elif made(out).keys() != texts(NEW).keys() | {"mine.txt"}:
            undecided += 1
            assert left == before
        last = (*NEW[:1], File("last.txt", "last\n"))
        assert write(last, out).changed == ((NEW[0].path,) if not decided and left == before else ())
        assert made(out) == {**texts(last), "mine.txt": "by hand\n"}
        assert folders(out) == {"rules"}
        assert check(last, out) == ()
    assert undecided >= 8
    assert completed >= 5


def test_a_killed_completion_is_completed_too(tmp_path: Path) -> None:
    first = 0
    while True:
        first += 1
        probe = tmp_path / f"probe{first}"
        write(OLD, probe)
        assert killed_at(first, partial(write, NEW, probe))
        if (probe / ".relrails-stage/MANIFEST.sha256").exists():
            break
    second = 0
    while True:
        second += 1
        out = tmp_path / f"again{second}"
        write(OLD, out)
        killed_at(first, partial(write, NEW, out))
        if not killed_at(second, partial(write, NEW, out)):  # bound in the loop
            break
        write(NEW, out)
        assert made(out) == texts(NEW)
        assert folders(out) == {"rules", "new", "new/deep"}
    assert second > 5


def test_two_runs_at_once_wait_for_each_other(tmp_path: Path) -> None:
    trees = [
        tuple(File(f"f/{name}.txt", f"{run}\n" * 2000) for name in ("same", *(f"{run}{n}" for n in range(40))))
        for run in range(4)
    ]
    children = []
    for files in trees:
        child = os.fork()
        if child == 0:
            failed = 1
            try:
                for _ in range(5):
                    write(files, tmp_path)
                failed = 0
            finally:
                os._exit(failed)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    assert made(tmp_path) in [texts(files) for files in trees]
    subprocess.run([SHA256SUM, "--status", "--strict", "-c", "MANIFEST.sha256"], cwd=tmp_path, check=True)


def test_waiting_for_another_run_has_an_end(tmp_path: Path) -> None:
    with alone(tmp_path):
        started = time.monotonic()
        with pytest.raises(Refused) as refused, alone(tmp_path, patience_seconds=0.2):
            pass
        assert 0.2 <= time.monotonic() - started < 10
    assert codes(refused) == ["output/locked"]
    with alone(tmp_path, patience_seconds=0):
        pass


names = st.sampled_from(["a", "b", "c.yml", "d"])
trees = st.dictionaries(st.lists(names, min_size=1, max_size=3).map("/".join), st.text(max_size=4)).filter(
    lambda t: not any(f"{one}/" == other[: len(one) + 1] for one in t for other in t)
)


@given(trees, trees, st.integers(min_value=1, max_value=60))
@example({"a/b": "1"}, {"a/b": "2"}, 4)
def test_any_tree_becomes_any_other_even_after_a_kill(old: dict[str, str], new: dict[str, str], event: int) -> None:
    if any(f"{one}/" == other[: len(one) + 1] for a, b in ((old, new), (new, old)) for one in a for other in b):
        return  # a file becomes a folder, or a folder a file: refused, as another test shows
    anchor = {"z": "in both, so that the manifest is known to be ours"}
    before = tuple(File(*item) for item in {**old, **anchor}.items())
    after = tuple(File(*item) for item in {**new, **anchor}.items())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        write(before, out)
        killed_at(event, lambda: write(after, out))
        write(after, out)
        assert {p: (out / p).read_bytes().decode() for p in made(out)} == {**new, **anchor}
        assert folders(out) == {"/".join(p.split("/")[:n]) for p in new for n in range(1, p.count("/") + 1)}
