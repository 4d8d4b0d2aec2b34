"""A folder of evidence is what its index says, or the check says what is not."""

import json
import shutil
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from evidence.bundles import written
from test_perf import pair  # the same samples as a comparison has

from relrails.cli import main
from relrails.dossier import KINDS, Entry, Folder, Gate, check, write_index, write_root
from relrails.perf import samples
from relrails.toolchain import Tool

GATES = (
    Gate(id="gate-blocks", says="The release gate blocks while the budget burns."),
    Gate(id="rollback", says="A regression is rolled back, and the record of it verifies."),
)
RULES = """groups:
  - name: core-api
    rules:
      - record: job:requests:rate5m
        expr: sum by (job) (rate(http_requests_total[5m]))
"""
PAGE = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>t</title></head><body><p>one<p>two</p></body></html>'


def png(damaged: bool = False) -> bytes:
    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data) ^ damaged)

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0\0")) + part(b"IEND", b"")


GOOD: dict[str, bytes] = {
    "dashboard": b'{"title": "core-api", "uid": "x", "panels": [{}]}',
    "html": PAGE.encode(),
    "json": b'{"verdict": "BLOCK"}',
    "jsonl": b'{"a": 1}\n{"a": 2}\n',
    "junit": b'<testsuites><testsuite name="probes"><testcase name="auth"/></testsuite></testsuites>',
    "ledger": b'{"number": 1}\n',
    "markdown": b"# Report\n\nAll of it.\n",
    "metrics": b'# TYPE up gauge\nup{job="core-api",path="/a b\\"c"} 1\nx_total 3e5 1772366400\ny NaN\n# EOF\n',
    "perf-samples": samples.printed(pair()[0]).encode(),
    "png": png(),
    "prometheus-rules": RULES.encode(),
    "python": b'"""core-api."""\n\nservice = 1\n',
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>',
    "text": b"ok\n",
    "yaml": b"a: 1\n",
}
BAD: dict[str, list[bytes]] = {
    "dashboard": [b'{"title": "x", "uid": "x", "panels": []}', b'{"panels": [{}]}', b"[]", b""],
    "html": [b"", b"<p>", b"<div><p>x</div></div>", b"hello", b'<body><img src="https://example.com/a.png"></body>'],
    "json": [b"", b"{", b"NaN", b"\xff", b"[" * 100_000],
    "jsonl": [b"", b'{"a": 1}\n{"a"', b'{"a": Infinity}\n'],
    "junit": [b"<testsuites/>", b"<a/>", b"<testsuites>"],
    "ledger": [b""],
    "markdown": [b"", b"text\n", b"#hashtag\n"],
    "metrics": [b"", b"# only a comment\n", b"up{job=core} 1\n", b"up one\n", b"<html></html>"],
    "perf-samples": [b"{}", b"", samples.printed(replace(pair()[0], runs=pair()[0].runs[:9])).encode()],
    "png": [b"", png()[:-5], png()[:-12], png(damaged=True), b"<svg/>"],
    "prometheus-rules": [b"", b"groups: []\n", RULES.replace("rate(", "rat(").encode(), RULES[:-3].encode()],
    "python": [b"", b'"""Only words."""\n', b"def\n"],
    "svg": [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><p/></html>",
        b"<svg>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><svg><a/></svg>",
    ],
    "text": [b"", b" \n", b"\xff\xfe"],
    "yaml": [b"", b"a: [", b"{}\n", b"!!python/object/apply:os.getcwd []\n"],
}


def dossier(root: Path) -> Path:
    """Two folders with an index each; the second holds a bundle."""
    folder = root / "slo"
    folder.mkdir(parents=True)
    entries = []
    for kind, data in GOOD.items():
        (folder / f"{kind}.file").write_bytes(data)
        entries.append(Entry(path=f"{kind}.file", kind=kind, shows=f"a {kind}"))
    entries[2] = replace(entries[2], gates=("gate-blocks",), holds={"/verdict": "BLOCK"})
    write_index(folder, Folder(title="SLOs", gates=GATES[:1], entries=entries))
    (bundle,) = written(root / "canary" / "bundles")
    path = bundle.relative_to(root / "canary").as_posix()
    kept = [
        Entry(path=path, kind="bundle", shows="the rollback", gates=("rollback",), holds={"/verdict": "ROLLBACK"}),
        Entry(path="bundles/ledger.jsonl", kind="ledger", shows="its ledger"),
    ]
    write_index(root / "canary", Folder(title="Canary", gates=GATES[1:], entries=kept))
    write_root(root, "Sprint 29", {"slo": "What is promised.", "canary": "What was rolled back."})
    return root


def said(root: Path) -> dict[str, str]:
    return {finding.path: finding.text for finding in check(root)}


def test_a_whole_dossier_is_what_its_indexes_say(tmp_path: Path, promtools: tuple[Tool, ...]) -> None:
    assert check(dossier(tmp_path / "sprint-29")) == ()


def test_every_kind_has_a_good_and_a_bad_example() -> None:
    assert set(GOOD) == set(BAD) == set(KINDS) - {"bundle"}


@pytest.mark.parametrize(("kind", "data"), [(kind, data) for kind, every in BAD.items() for data in every])
def test_what_is_not_of_its_kind_is_found(tmp_path: Path, kind: str, data: bytes, promtools: tuple[Tool, ...]) -> None:
    root = dossier(tmp_path)
    (root / "slo" / f"{kind}.file").write_bytes(data)

    found = check(root)

    assert {finding.path for finding in found} == {f"slo/{kind}.file"}
    assert all(finding.ok is False for finding in found)


def test_a_missing_file_is_found(tmp_path: Path) -> None:
    root = dossier(tmp_path)
    (root / "slo" / "text.file").unlink()

    assert said(root) == {"slo/text.file": "there is no such file"}


def test_a_file_that_no_index_names_is_found(tmp_path: Path) -> None:
    root = dossier(tmp_path)
    (root / "slo" / "deep").mkdir()
    (root / "slo" / "deep" / "extra.txt").write_text("x")
    (root / "notes.txt").write_text("x")

    assert said(root) == {"slo/deep/extra.txt": "it is not in index.json", "notes.txt": "no index above it names it"}


def test_a_changed_bundle_is_found(tmp_path: Path) -> None:
    root = dossier(tmp_path)
    (report,) = (root / "canary").rglob("report.md")
    report.write_text(report.read_text() + " ")

    assert "report.md was changed" in " ".join(said(root).values())


def test_a_bundle_without_its_ledger_cannot_be_told(tmp_path: Path) -> None:
    root = dossier(tmp_path)
    (root / "canary" / "bundles" / "ledger.jsonl").unlink()

    assert {finding.ok for finding in check(root)} == {None, False}


@pytest.mark.parametrize(
    ("holds", "fault"),
    [
        ({"/verdict": "ALLOW"}, "/verdict is 'BLOCK', and should be 'ALLOW'"),
        ({"/missing": 1}, "it has no /missing"),
        ({"/verdict/0": "B"}, "it has no /verdict/0"),
    ],
)
def test_a_value_that_is_not_what_the_index_says_is_found(tmp_path: Path, holds: dict[str, Any], fault: str) -> None:
    (tmp_path / "gate.json").write_bytes(GOOD["json"])
    entry = Entry(path="gate.json", kind="json", shows="a gate that blocks", gates=("gate-blocks",), holds=holds)
    write_index(tmp_path, Folder(title="t", gates=GATES[:1], entries=[entry]))

    assert said(tmp_path) == {"gate.json": fault}


def test_a_gate_that_nothing_shows_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    write_index(tmp_path, Folder(title="t", gates=GATES, entries=[Entry(path="a.txt", kind="text", shows="x")]))

    assert len(check(tmp_path)) == 2
    assert "Nothing shows it." in (tmp_path / "index.md").read_text()


def test_a_page_that_says_otherwise_than_the_index_is_found(tmp_path: Path) -> None:
    root = dossier(tmp_path)
    (root / "slo" / "index.md").write_text("# All is well\n")

    assert "does not say what index.json says" in said(root)["slo/index.md"]


@pytest.mark.parametrize("path", ["../canary/index.json", "/etc/hosts", "a//b", "."])
def test_an_index_cannot_lead_out_of_its_folder(tmp_path: Path, path: str) -> None:
    root = dossier(tmp_path)
    file = root / "slo" / "index.json"
    told = json.loads(file.read_bytes())
    told["entries"][0]["path"] = path
    file.write_text(json.dumps(told))

    assert any(finding.text.startswith("it names") for finding in check(root))


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    root = dossier(tmp_path / "root")
    (root / "slo" / "text.file").rename(tmp_path / "outside")
    (root / "slo" / "text.file").symlink_to(tmp_path / "outside")

    assert said(root) == {"slo/text.file": "it is a link, and may lead anywhere"}


@pytest.mark.parametrize(
    "secret",
    ["https://bob:hunter2@example.com/", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "Bearer abcdefgh12345678"],
)
def test_what_looks_like_a_secret_is_found(tmp_path: Path, secret: str) -> None:
    root = dossier(tmp_path)
    (root / "slo" / "text.file").write_text(f"fine\nit was {secret}\n")

    assert said(root) == {"slo/text.file": "line 2 of text.file holds what looks like a secret"}


@pytest.mark.parametrize(
    "change", [lambda t: t.pop("schema"), lambda t: t["entries"].clear(), lambda t: t["gates"].append(3)]
)
def test_an_index_of_another_shape_is_refused(tmp_path: Path, change: Any) -> None:
    root = dossier(tmp_path)
    file = root / "slo" / "index.json"
    told = json.loads(file.read_bytes())
    change(told)
    file.write_text(json.dumps(told))

    assert "no index of the schema" in said(root)["slo/index.json"]


def test_a_folder_without_an_index_shows_nothing(tmp_path: Path) -> None:
    assert "there is no index.json" in check(tmp_path)[0].text
    assert "there is no index.json" in check(tmp_path / "nowhere")[0].text


def test_a_kind_and_a_gate_that_there_is_not_are_refused_when_written(tmp_path: Path) -> None:
    entry = Entry(path="a", kind="oracle", shows="x")
    with pytest.raises(ValueError, match="there are: bundle, dashboard"):
        write_index(tmp_path, Folder(title="t", gates=(), entries=[entry]))
    with pytest.raises(ValueError, match="no such gate"):
        write_index(tmp_path, Folder(title="t", gates=(), entries=[replace(entry, kind="text", gates=("g",))]))


def test_the_index_is_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    entries = [Entry(path=name, kind="text", shows="x") for name in ("b", "a")]
    for place, order in (("one", entries), ("two", entries[::-1])):
        (tmp_path / place).mkdir()
        write_index(tmp_path / place, Folder(title="t", gates=(), entries=order))

    assert (tmp_path / "one/index.json").read_bytes() == (tmp_path / "two/index.json").read_bytes()
    assert (tmp_path / "one/index.md").read_bytes() == (tmp_path / "two/index.md").read_bytes()


def test_without_promtool_rules_cannot_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = dossier(tmp_path)
    monkeypatch.setattr("relrails.toolchain.find", lambda _name: ())

    assert [(finding.path, finding.ok) for finding in check(root)] == [("slo/prometheus-rules.file", None)]


def test_the_command_ends_with_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = dossier(tmp_path)

    assert main(["evidence", "check", str(root)]) == 0
    assert "everything is there" in capsys.readouterr().out
    shutil.rmtree(root / "canary" / "bundles")
    assert main(["evidence", "check", str(root), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False
