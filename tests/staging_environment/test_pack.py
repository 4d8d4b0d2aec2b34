"""A pack that does not agree with its own checksums is never handed out."""

import zipfile
from pathlib import Path

import pytest

from staging.export_service import pack
from staging.export_service.pack import BrokenPackError

DOCUMENTS = {"graph.json": {"nodes": [1, 2]}, "timeline.json": {"buckets": []}}


def test_equal_contents_make_equal_packs(tmp_path: Path) -> None:
    one, two = (pack.write(tmp_path / name, {"case": "case-1"}, DOCUMENTS) for name in ("one.zip", "two.zip"))
    assert one.sha256 == two.sha256
    assert one.file.read_bytes() == two.file.read_bytes()


@pytest.mark.parametrize("change", ["content", "missing", "added", "no checksums"])
def test_a_pack_that_was_changed_is_broken(tmp_path: Path, change: str) -> None:
    whole = pack.write(tmp_path / "whole.zip", {"case": "case-1"}, DOCUMENTS).file
    pack.verify(whole)
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            if (change, name) in {("missing", "graph.json"), ("no checksums", pack.CHECKSUMS)}:
                continue
            content = source.read(name)
            target.writestr(name, b"{}" if (change, name) == ("content", "graph.json") else content)
        if change == "added":
            target.writestr("more.json", b"{}")
    with pytest.raises(BrokenPackError):
        pack.verify(changed)


def test_a_pack_that_is_cut_off_is_broken(tmp_path: Path) -> None:
    file = pack.write(tmp_path / "whole.zip", {"case": "case-1"}, DOCUMENTS).file
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(BrokenPackError):
        pack.verify(file)


def test_nothing_is_left_of_a_pack_that_could_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise BrokenPackError("no")

    monkeypatch.setattr(pack, "verify", refuse)
    with pytest.raises(BrokenPackError):
        pack.write(tmp_path / "never.zip", {}, DOCUMENTS)
    assert list(tmp_path.iterdir()) == []
