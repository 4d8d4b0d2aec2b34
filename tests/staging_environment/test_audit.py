"""The audit log when the disk, the process or the crowd is against it."""

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from staging.serving.audit import AuditLog
from staging.serving.faults import FaultSwitch
from staging.serving.identity import Caller
from staging.serving.refusal import Refusal

SOMEBODY = Caller(client="analyst", tenant="acme", role="analyst", synthetic=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


@pytest.fixture
def log(file: Path) -> Iterator[AuditLog]:
    opened = opened_log(file)
    yield opened
    opened.close()


def opened_log(file: Path) -> AuditLog:
    registry = CollectorRegistry()
    return AuditLog(file, "core-api", registry, FaultSwitch(("audit",), registry))


def subjects(file: Path) -> list[str]:
    return [json.loads(line)["subject"] for line in file.read_text().splitlines()]


def test_an_event_is_on_disk_before_record_returns(log: AuditLog, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda fd: synced.append(os.fstat(fd).st_size))
    log.record("query", SOMEBODY, "case-1")
    assert synced == [file.stat().st_size]


def test_a_crowd_gets_whole_lines_and_shares_syncs(log: AuditLog, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    really = os.fdatasync

    def sync(fd: int) -> None:
        syncs.append(fd)
        really(fd)

    monkeypatch.setattr(os, "fdatasync", sync)
    names = [f"case-{number}" for number in range(200)]

    def some(mine: list[str]) -> None:
        for name in mine:
            log.record("query", SOMEBODY, name, text="x" * 3000)

    threads = [threading.Thread(target=some, args=(names[start::8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(subjects(file)) == sorted(names)
    assert 0 < len(syncs) <= len(names)


def test_a_log_that_was_torn_by_a_kill_goes_on_with_a_line_of_its_own(file: Path) -> None:
    file.write_bytes(b'{"subject": "whole"}\n{"subject": "torn')
    again = opened_log(file)
    again.record("query", SOMEBODY, "case-1")
    again.close()
    lines = file.read_bytes().splitlines()
    assert lines[:2] == [b'{"subject": "whole"}', b'{"subject": "torn']
    assert json.loads(lines[2])["subject"] == "case-1"


def test_after_a_sync_that_failed_nothing_is_believed(
    log: AuditLog, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", fail)
    with pytest.raises(Refusal, match="Input/output error"):
        log.record("query", SOMEBODY, "case-1")
    monkeypatch.undo()
    with pytest.raises(Refusal, match="restart"):
        log.record("query", SOMEBODY, "case-2")
    assert subjects(file) == ["case-1"]


FILLS_THE_DISK = """
import resource, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from staging_environment.test_audit import SOMEBODY, opened_log
from staging.serving.refusal import Refusal
log = opened_log(Path(sys.argv[1]))
log.record("query", SOMEBODY, "fits")
size = Path(sys.argv[1]).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))  # room for half of the next line
try:
    log.record("query", SOMEBODY, "does-not-fit")
except Refusal as refusal:
    print(refusal.status, Path(sys.argv[1]).stat().st_size == size)
"""


def test_half_a_line_is_cut_off_when_the_disk_is_full(file: Path) -> None:
    argv = [sys.executable, "-c", FILLS_THE_DISK, str(file), *(path for path in sys.path if path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "503 True\n"
    assert subjects(file) == ["fits"]
