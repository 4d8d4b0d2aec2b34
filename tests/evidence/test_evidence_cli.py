"""`relrails evidence`: what it says, and how it ends."""

import json
from pathlib import Path

import pytest

from evidence.bundles import written
from relrails.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["evidence", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_bundle_that_holds_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder,) = written(tmp_path)

    code, out, _ = run(capsys, "verify", str(folder))

    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["ok"] * 6


def test_a_bundle_that_differs_ends_with_1_and_says_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder,) = written(tmp_path)
    (folder / "report.md").write_text("All is well.\n\x1b[2J")

    code, out, _ = run(capsys, "verify", str(folder))
    shown, text, err = run(capsys, "show", str(folder))

    assert code == shown == 1
    assert "DIFFERS     manifest: report.md was changed" in out
    assert "report.md was changed" in err
    assert "\x1b" not in text


def test_a_bundle_without_its_ledger_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder,) = written(tmp_path)
    (tmp_path / "ledger.jsonl").rename(tmp_path / "moved.jsonl")

    assert run(capsys, "verify", str(folder))[0] == 2
    (tmp_path / "moved.jsonl").rename(tmp_path / "ledger.jsonl")
    assert run(capsys, "verify", str(folder), "--ledger", str(tmp_path / "ledger.jsonl"))[0] == 0


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_where_there_is_no_bundle_it_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    code, _, err = run(capsys, "verify", str(tmp_path / place))

    assert code == 2
    assert "bundle" in err or "folder" in err


def test_show_prints_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder,) = written(tmp_path)

    code, out, err = run(capsys, "show", str(folder))

    assert code == 0
    assert out.startswith("# ROLLBACK: core-api")
    assert err == ""


def test_json_is_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder,) = written(tmp_path)

    _, out, _ = run(capsys, "verify", str(folder), "--format", "json")

    told = json.loads(out)
    assert told["ok"] is True
    assert {finding["check"] for finding in told["findings"]} >= {"manifest", "ledger", "verdict"}
