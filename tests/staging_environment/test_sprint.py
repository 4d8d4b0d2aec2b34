"""Evidence that could not be finished is kept, and never takes the place of what was whole."""

from pathlib import Path

import pytest

from staging.environment import StagingError
from staging.sprint import canaries, evidence, running


def test_a_run_that_fails_keeps_what_it_found_and_the_evidence_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "sprint-1"
    out.mkdir()
    (out / "whole.md").write_text("# whole")

    def found(new: Path) -> None:
        (new / "page.txt").write_text("a page")

    def failed(*_: object) -> None:
        raise StagingError("a drill failed")

    monkeypatch.setattr(running, "_under_load", found)
    monkeypatch.setattr(canaries, "drilled", failed)

    with pytest.raises(StagingError, match="a drill failed"):
        evidence(out)

    assert (tmp_path / "sprint-1.incomplete/page.txt").read_text() == "a page"
    assert [file.name for file in out.iterdir()] == ["whole.md"]
