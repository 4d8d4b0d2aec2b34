"""A bundle is written whole or not at all, and the same bundle is the same bytes."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence.bundles import NOON, bundle, changed, files, written
from relrails.evidence import EvidenceError, Redaction, Timings, head, ledger, write
from relrails.evidence.committing import STAGE
from relrails.evidence.verifying import verify
from relrails.evidence.writing import LARGEST_RESPONSE, printed

OPERATIONS = ("fsync", "write", "rename", "mkdir", "open")
"""Everything of os and pathlib that a write may be stopped at."""
STOPPED = 9


def test_the_same_bundle_is_the_same_bytes(tmp_path: Path) -> None:
    key = Redaction(key=b"k")

    one, two = (write(bundle(), tmp_path / name, redaction=key) for name in ("one", "two"))

    assert files(one) == files(two)
    assert head(tmp_path / "one") == head(tmp_path / "two")


def test_a_bundle_is_named_after_its_service_and_the_time_of_its_decision(tmp_path: Path) -> None:
    folder = write(bundle(), tmp_path)

    assert folder.parent == tmp_path / "core-api"
    assert folder.name.startswith("20260301T120000Z-")


def test_nothing_is_left_beside_the_bundle_and_the_ledger(tmp_path: Path) -> None:
    written(tmp_path, 2)

    assert sorted(p.name for p in tmp_path.iterdir()) == ["core-api", ledger.LEDGER]


def test_a_run_with_the_same_id_at_the_same_second_is_refused_and_the_first_stays(tmp_path: Path) -> None:
    folder = write(bundle(), tmp_path)
    before = files(tmp_path)

    with pytest.raises(EvidenceError, match="already"):
        write(bundle(), tmp_path)

    assert files(tmp_path) == before
    assert verify(folder).ok is True


@pytest.mark.parametrize("service", ["../core-api", "a/b", ".", "", "Core", "a\n", "/etc", "x" * 64])
def test_a_service_cannot_lead_out_of_the_folder(tmp_path: Path, service: str) -> None:
    with pytest.raises(EvidenceError, match="cannot name a folder"):
        write(changed(bundle(), service=service), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../run", "", "a b", "a\n", "x" * 129])
def test_an_id_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvidenceError, match="cannot name a run"):
        write(changed(bundle(), id=name), tmp_path)


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="time zone"):
        write(changed(bundle(), timings=Timings(decided=datetime(2026, 3, 1))), tmp_path)  # noqa: DTZ001 - that is it
    with pytest.raises(EvidenceError, match="time zone"):
        write(changed(bundle(), started=datetime(2026, 3, 1)), tmp_path)  # noqa: DTZ001 - that is it


def test_what_is_no_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="Path cannot stand in a bundle"):
        write(replace(bundle(), override={"file": tmp_path}), tmp_path)  # type: ignore[dict-item] # that is it


def test_numbers_that_json_has_no_sign_for_are_written_as_prometheus_writes_them(tmp_path: Path) -> None:
    numbers = {"a": float("nan"), "b": float("inf"), "c": -float("inf"), "d": 0.1 + 0.2}

    folder = write(replace(bundle(), override=numbers), tmp_path)

    kept = json.loads((folder / "override.json").read_bytes())
    assert kept == {"a": "NaN", "b": "+Inf", "c": "-Inf", "d": 0.1 + 0.2}


def test_an_answer_is_kept_once_however_often_it_came(tmp_path: Path) -> None:
    made = bundle()

    folder = write(replace(made, queries=(*made.queries, *made.queries, *made.queries)), tmp_path)

    assert len(list((folder / "responses").iterdir())) == 1
    assert len((folder / "queries.jsonl").read_bytes().splitlines()) == 6


def test_a_rollback_that_is_not_known_to_have_been_done_says_so(tmp_path: Path) -> None:
    folder = write(changed(bundle(), timings=Timings(decided=NOON)), tmp_path)

    assert "is not known to have been done" in (folder / "report.md").read_text()


def test_the_report_says_that_it_is_unsigned_and_what_the_ledger_cannot_show(tmp_path: Path) -> None:
    text = (write(bundle(), tmp_path) / "report.md").read_text()

    assert "**unsigned**" in text
    assert "cannot rewrite the whole folder" in text


def test_names_do_not_break_out_of_the_report() -> None:
    odd = "| <img src=x> `a` \n# Allowed\n**"
    made = changed(bundle(), env=odd, ids={"run": odd})

    text = printed(made, Redaction(), None, LARGEST_RESPONSE)["report.md"].decode()

    assert "\n# Allowed" not in text
    assert "<img" not in text.replace("\\<img", "")


def stopping_before(monkeypatch: pytest.MonkeyPatch, nth: int, stop: Callable[[], None]) -> Callable[[], bool]:
    """Make the nth operation on the disk not happen; gives whether it was come to."""
    counted = 0

    def around(real: Any) -> Any:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal counted
            counted += 1
            if counted == nth:
                stop()
            return real(*args, **kwargs)

        return run

    for name in OPERATIONS:
        monkeypatch.setattr(os, name, around(getattr(os, name)))
    return lambda: counted >= nth


def killed() -> None:
    os._exit(STOPPED)


def full() -> None:
    raise OSError(28, "No space left on device")


def in_a_child(monkeypatch: pytest.MonkeyPatch, nth: int, stop: Callable[[], None], root: Path) -> bool:
    """Write in a process that is stopped before the nth operation on the disk; tells whether it came that far."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            reached = stopping_before(monkeypatch, nth, stop)
            with suppress(OSError):
                write(bundle("run-2", after=timedelta(minutes=2)), root)
            code = STOPPED if reached() else 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, STOPPED}
    return code == STOPPED


@pytest.mark.parametrize("stop", [killed, full], ids=["killed", "disk full"])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # the child only writes, and ends
def test_an_interrupted_write_leaves_nothing_half_and_the_next_one_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: Callable[[], None]
) -> None:
    nth, stopped, seen = 0, True, set()
    while stopped:
        nth += 1
        root = tmp_path / str(nth)
        (first,) = written(root)
        stopped = in_a_child(monkeypatch, nth, stop, root)

        bundles = sorted((root / "core-api").iterdir())
        lines = (root / ledger.LEDGER).read_bytes().count(b"\n")
        seen.add((len(bundles), lines))
        assert all(len(files(there)) == len(files(first)) for there in bundles), f"half a bundle before {nth}"
        assert len(bundles) <= lines, f"a bundle that the ledger does not know, before {nth}"

        write(bundle("run-3", after=timedelta(minutes=3)), root)

        bundles = sorted((root / "core-api").iterdir())
        assert (root / ledger.LEDGER).read_bytes().count(b"\n") == len(bundles)
        assert [verify(there).ok for there in bundles] == [True] * len(bundles), f"before {nth}"
        assert not (root / STAGE).exists()

    assert nth > 20, "the operations were not counted"
    assert seen == {(1, 1), (1, 2), (2, 2)}


def test_a_line_that_was_torn_by_a_crash_is_completed(tmp_path: Path) -> None:
    (first,) = written(tmp_path)
    second = write(bundle("run-2", after=timedelta(minutes=2)), tmp_path)
    file = tmp_path / ledger.LEDGER
    line = file.read_bytes().splitlines()[1]
    stage = tmp_path / STAGE
    stage.mkdir()
    second.rename(stage / "bundle")
    (stage / "line").write_bytes(f"core-api/{second.name}\n".encode() + line)
    file.write_bytes(file.read_bytes()[:-40])

    third = write(bundle("run-3", after=timedelta(minutes=3)), tmp_path)

    assert not stage.exists()
    assert [verify(there).ok for there in (first, third)] == [True, True]


def test_a_line_that_somebody_cut_stays_cut(tmp_path: Path) -> None:
    folders = written(tmp_path, 2)
    file = tmp_path / ledger.LEDGER
    file.write_bytes(file.read_bytes()[:-40])

    third = write(bundle("run-3", after=timedelta(minutes=3)), tmp_path)

    assert [verify(there).ok for there in (*folders, third)] == [False] * 3
