"""The log: a line of JSON for each event, and nothing lost where the disk is full for a while."""

import json
import os
from pathlib import Path

import pytest

from relrails.live.probe.log import KEPT, Log


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_an_event_is_a_line_of_json(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.event("run", journey="a", text='"\n\u2028ü')
    log.close()
    (line,) = lines(tmp_path / "log")
    assert line.pop("time")
    assert line == {"event": "run", "journey": "a", "text": '"\n\u2028ü'}


def test_lines_wait_while_the_disk_is_full_and_are_written_afterwards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "log"
    place.symlink_to("/dev/full")
    log = Log(place)
    for number in range(3):
        log.event("run", number=number)
    assert log.fault == "No space left on device"
    assert capsys.readouterr().err.count("cannot be written") == 1
    place.unlink()
    log.reopen()
    log.event("run", number=3)
    log.close()
    assert log.fault == ""
    assert [line.get("number") for line in lines(place)] == [0, 1, 2, 3, None]
    assert lines(place)[-1]["event"] == "log_restored"
    assert lines(place)[-1]["lost"] == 0
    assert "0 lines are lost" in capsys.readouterr().err


def test_only_so_many_lines_wait_and_those_that_are_lost_are_counted(tmp_path: Path) -> None:
    place = tmp_path / "log"
    place.symlink_to("/dev/full")
    log = Log(place)
    for number in range(KEPT + 5):
        log.event("run", number=number)
    place.unlink()
    log.reopen()
    log.flush()
    found = lines(place)
    assert found[0]["number"] == 5
    assert found[-1]["lost"] == 5


def test_what_could_not_be_written_is_said_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    log = Log(Path("/dev/full"))
    log.event("run")
    log.close()
    assert "1 lines of the log could not be written: No space left on device" in capsys.readouterr().err


def test_half_a_line_is_completed_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, calls = os.write, []

    def half(file: int, data: bytes) -> int:
        calls.append(data)
        if len(calls) == 1:
            return write(file, data[:10])
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return write(file, data)

    log = Log(tmp_path / "log")
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        log.event("run", text="x" * 100)
        log.event("run", text="y")
    log.close()
    assert [line.get("text", line["event"]) for line in lines(tmp_path / "log")][:2] == ["x" * 100, "y"]


def test_a_log_that_was_moved_away_is_opened_anew(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.event("before")
    (tmp_path / "log").rename(tmp_path / "log.1")
    log.reopen()
    log.event("after")
    log.close()
    assert lines(tmp_path / "log.1")[0]["event"] == "before"
    assert lines(tmp_path / "log")[0]["event"] == "after"
