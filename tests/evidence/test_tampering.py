"""Whatever is changed in a bundle or its ledger is found, and the verdict is made again from its own counts."""

import json
import math
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.bundles import bundle, changed, events, files, written
from relrails.canary.resolved import EDITION
from relrails.evidence import EvidenceError, Signer, head, ledger, reading, statement, write
from relrails.evidence.manifest import MANIFEST, manifest_of, sha256
from relrails.evidence.printing import json_bytes
from relrails.evidence.printing import line as line_of
from relrails.evidence.values import Json
from relrails.evidence.verifying import Against, Verification, examine, verify
from relrails.judge import canary
from relrails.judge.canary import Acted, Counts, Observation, Override, Reading, Recovered

STABLE = Counts(total=5400, bad=6)
FLIPS = (0x01, 0x20, 0x80)
"""One bit of each: another sign, the other case of a letter (hashes are hex), and no ASCII."""
SMALL = 400
"""Bytes; of what is longer, every so many bytes are tried."""


def notices(folder: Path, stored: reading.Stored, against: Against) -> bool:
    return any(finding.ok is False for finding in examine(folder, stored, against))


def places(data: bytes) -> Iterator[int]:
    yield from range(0, len(data), max(1, len(data) // SMALL))


def faults(found: Verification) -> dict[str, str]:
    told: dict[str, str] = {}
    for finding in found.findings:
        if finding.ok is not True:
            told[finding.check] = f"{told.get(finding.check, '')}{finding.text}\n"
    return told


def test_an_untouched_bundle_verifies_and_is_judged_again(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)

    found = verify(folder)

    assert found.ok is True
    assert [finding.check for finding in found.findings] == [
        *("manifest", "decision", "statements", "signature", "ledger", "verdict")
    ]
    assert "unsigned" in found.findings[3].text
    assert "ROLLBACK" in found.findings[5].text


def test_what_another_edition_of_the_judge_decided_is_neither_proved_nor_called_tampered_with(tmp_path: Path) -> None:
    made = bundle()
    another = replace(made, policy={**made.policy, "edition": EDITION + 1})

    found = verify(write(another, tmp_path / "evidence"))

    assert found.ok is None
    assert list(faults(found)) == ["verdict"]
    assert f"edition {EDITION + 1} of the judge" in faults(found)["verdict"]


def test_a_policy_from_before_editions_were_stored_is_of_the_first(tmp_path: Path) -> None:
    made = bundle()
    before = replace(made, policy={name: value for name, value in made.policy.items() if name != "edition"})

    assert verify(write(before, tmp_path / "evidence")).ok is True


@pytest.mark.parametrize("edition", ["1", None, 1.5, True])
def test_an_edition_that_is_no_number_is_refused(tmp_path: Path, edition: Json) -> None:
    made = bundle()
    odd = replace(made, policy={**made.policy, "edition": edition})

    assert verify(write(odd, tmp_path / "evidence")).ok is False


@settings(max_examples=30)
@given(
    bads=st.lists(st.one_of(st.integers(0, 600), st.sampled_from([math.nan, math.inf, -1.0])), min_size=1, max_size=32),
    after=st.sampled_from([(), (Acted(kind="rollback", result="done", at=2000), Recovered(ok=True, at=2060))]),
)
def test_whatever_a_run_saw_it_is_judged_again_to_the_same_numbers(
    tmp_path_factory: pytest.TempPathFactory, bads: list[float], after: tuple[canary.Event, ...]
) -> None:
    start, *looks = events(0, len(bads))
    seen = [
        replace(look, readings={"availability": Reading(canary=Counts(total=600, bad=bad), stable=STABLE)})
        for look, bad in zip(looks, bads, strict=True)
        if isinstance(look, Observation)
    ]

    folder = write(bundle(happened=[start, *seen, *after]), tmp_path_factory.mktemp("evidence"))

    assert verify(folder).ok is True


def test_sha256sum_can_check_a_bundle_without_relrails(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)

    ended = subprocess.run(["sha256sum", "-c", "--strict", MANIFEST], cwd=folder, capture_output=True, check=False)  # noqa: S607 - whichever there is

    assert ended.returncode == 0, ended.stderr


def test_a_changed_byte_anywhere_is_found(tmp_path: Path) -> None:
    signer = Signer(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
    folder = write(bundle(), tmp_path, signer=signer)
    against = Against(key=signer.key.public_key())
    stored = reading.read(folder)
    assert verify(folder, against).ok is True
    assert "attestation.dsse.json" in stored.files

    missed = []
    for name, data in stored.files.items():
        for place in places(data):
            for flip in FLIPS:
                bytes_ = bytearray(data)
                bytes_[place] ^= flip
                if not notices(folder, replace(stored, files=stored.files | {name: bytes(bytes_)}), against):
                    missed.append((name, place, flip))

    assert missed == []


def test_a_changed_byte_in_a_seal_is_found_even_without_ledger_and_key(tmp_path: Path) -> None:
    signer = Signer(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
    folder = write(bundle(), tmp_path, signer=signer)
    (tmp_path / ledger.LEDGER).unlink()
    stored = reading.read(folder)
    signature = json.loads(stored.files["attestation.dsse.json"])["signatures"][0]["sig"].encode()

    missed = []
    for name in ("attestation.dsse.json", "statement.intoto.json", "test-result.intoto.json"):
        data = stored.files[name]
        start = data.find(signature)
        for place in places(data):
            if start <= place < start + len(signature) and name == "attestation.dsse.json":
                continue  # only the key can tell what a signature should be
            bytes_ = bytearray(data)
            bytes_[place] ^= 0x01
            if not notices(folder, replace(stored, files=stored.files | {name: bytes(bytes_)}), Against()):
                missed.append((name, place))

    assert missed == []


def test_a_changed_byte_in_the_ledger_is_found_from_every_bundle(tmp_path: Path) -> None:
    folders = written(tmp_path, 3)
    whole = (tmp_path / ledger.LEDGER).read_bytes()
    stored = {folder: reading.read(folder) for folder in folders}

    missed = []
    for place in range(0, len(whole), 5):
        bytes_ = bytearray(whole)
        bytes_[place] ^= FLIPS[place % 3]
        (tmp_path / ledger.LEDGER).write_bytes(bytes_)
        missed += [(f.name, place) for f in folders if not notices(f, stored[f], Against())]

    assert missed == []


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_truncated_ledger_is_found(tmp_path: Path, kept: int) -> None:
    folders = written(tmp_path, 3)
    file = tmp_path / ledger.LEDGER
    lines = file.read_bytes().splitlines(keepends=True)

    file.write_bytes(b"".join(lines[:kept]))

    assert [verify(folder).ok for folder in folders] == [False] * 3


def test_a_ledger_cut_inside_its_last_line_is_found(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    file = tmp_path / ledger.LEDGER

    file.write_bytes(file.read_bytes()[:-1])

    assert "was cut" in faults(verify(folder))["ledger"]


def test_a_bundle_that_was_removed_with_its_line_is_missed_by_a_head_told_elsewhere(tmp_path: Path) -> None:
    first, second = written(tmp_path, 2)
    told = head(tmp_path)
    file = tmp_path / ledger.LEDGER
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])
    for path in sorted(second.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    second.rmdir()

    assert verify(first).ok is True
    assert "told elsewhere" in faults(verify(first, Against(head=told)))["ledger"]


def test_a_bundle_that_was_moved_away_does_not_harm_the_others(tmp_path: Path) -> None:
    first, second = written(tmp_path, 2)
    first.rename(tmp_path / "elsewhere")

    assert verify(second).ok is True


def test_a_changed_line_of_a_bundle_that_was_moved_away_is_found_by_the_chain(tmp_path: Path) -> None:
    first, second = written(tmp_path, 2)
    first.rename(tmp_path / "elsewhere")
    file = tmp_path / ledger.LEDGER

    file.write_bytes(file.read_bytes().replace(b'"ROLLBACK"', b'"PROMOTE!"', 1))

    assert "does not follow the line before" in faults(verify(second))["ledger"]


def test_the_ledger_of_others_does_not_speak_for_a_bundle(tmp_path: Path) -> None:
    (folder,) = written(tmp_path / "one")
    write(bundle("run-9"), tmp_path / "two")
    (other,) = (tmp_path / "two" / "core-api").iterdir()
    other.rename(tmp_path / "elsewhere")

    found = verify(folder, Against(ledger=tmp_path / "two" / ledger.LEDGER))

    assert "is not in ledger.jsonl" in faults(found)["ledger"]


def test_without_its_ledger_a_bundle_cannot_be_told(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    (tmp_path / ledger.LEDGER).rename(tmp_path / "moved.jsonl")

    assert verify(folder).ok is None
    assert "--ledger" in faults(verify(folder))["ledger"]


@pytest.mark.parametrize("name", ["decision.json", "windows.jsonl", "report.md", MANIFEST, "statement.intoto.json"])
def test_a_removed_file_is_found(tmp_path: Path, name: str) -> None:
    (folder,) = written(tmp_path)
    (folder / name).unlink()

    assert verify(folder).ok is False


@pytest.mark.parametrize("name", ["notes.txt", "responses/extra.json", "override.json", "attestation.dsse.json"])
def test_an_added_file_is_found(tmp_path: Path, name: str) -> None:
    (folder,) = written(tmp_path)
    (folder / name).write_text("{}\n")

    assert verify(folder).ok is False


def test_a_renamed_file_is_found(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    (folder / "report.md").rename(folder / "Report.md")

    assert faults(verify(folder))["manifest"]


def test_a_renamed_bundle_is_found(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    renamed = folder.rename(folder.with_name("20260101T000000Z-00000000"))

    assert verify(renamed).ok is False


def test_a_link_in_a_bundle_is_found_and_not_followed(tmp_path: Path) -> None:
    (folder,) = written(tmp_path / "root")
    outside = tmp_path / "report.md"
    (folder / "report.md").rename(outside)
    (folder / "report.md").symlink_to(outside)

    assert "report.md" in faults(verify(folder))["manifest"]


def test_a_pipe_in_a_bundle_is_found_and_not_waited_for(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    os.mkfifo(folder / "pipe")

    assert "pipe" in faults(verify(folder))["manifest"]


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "a/../../b", "a\\b", ".", "a//b"])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (folder,) = written(tmp_path)
    manifest = folder / MANIFEST
    manifest.write_text(manifest.read_text() + f"{'0' * 64}  {name}\n")

    assert f"names {name!a}" in faults(verify(folder))["manifest"]


def test_a_ledger_line_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    file = tmp_path / ledger.LEDGER
    line = json.loads(file.read_bytes())
    file.write_bytes(line_of({**line, "path": "../outside"}) + b"\n")

    assert "which is no bundle" in " ".join(f.text for f in verify(folder).findings)


def rewrite(folder: Path, changes: dict[str, Any]) -> None:
    """Change a bundle as one would who knows how it is made: all hashes and statements, and the ledger, are right."""
    stored = reading.read(folder).files
    for name, change in changes.items():
        (folder / name).write_bytes(change(stored[name]))
    listed = {n: d for n, d in files(folder).items() if n not in {MANIFEST, *reading.ALWAYS} or n in reading.ALWAYS}
    listed = {n: d for n, d in listed.items() if "intoto" not in n and n != MANIFEST}
    decision = {**json.loads(listed["decision.json"]), "policy_sha256": sha256(listed["policy.json"])}
    listed["decision.json"] = json_bytes(decision)
    manifest = manifest_of(listed)
    made = {
        **listed,
        MANIFEST: manifest,
        "statement.intoto.json": json_bytes(statement.decided(decision, sha256(manifest))),
        "test-result.intoto.json": json_bytes(statement.tested(decision, sha256(manifest))),
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    root, path = folder.parent.parent, f"{folder.parent.name}/{folder.name}"
    (root / ledger.LEDGER).write_bytes(ledger.entry(1, ledger.FIRST, path, decision, made) + b"\n")


def only_the_verdict(folder: Path) -> str:
    found = faults(verify(folder))
    assert list(found) == ["verdict"], found
    return found["verdict"]


def test_whoever_rewrites_everything_but_the_counts_is_found_by_judging_again(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    rewrite(folder, {"decision.json": lambda data: data.replace(b'"ROLLBACK"', b'"PROMOTE"')})

    assert "PROMOTE" in only_the_verdict(folder)


def test_whoever_rewrites_the_counts_is_found_by_judging_again(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    rewrite(folder, {"windows.jsonl": lambda data: data.replace(b'"bad":30', b'"bad":29')})

    assert "is stored, and" in only_the_verdict(folder)


def test_whoever_rewrites_the_policy_is_found_by_judging_again(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    rewrite(folder, {"policy.json": lambda data: data.replace(b'"alpha": 0.01', b'"alpha": 0.0000000001')})

    only_the_verdict(folder)


def test_a_number_that_is_off_by_more_than_the_last_digits_is_found(tmp_path: Path) -> None:
    def off(by: float) -> Any:
        def change(data: bytes) -> bytes:
            lines = [json.loads(line) for line in data.splitlines()]
            for line in lines:
                line["state"]["evidence"] = {key: value * (1 + by) for key, value in line["state"]["evidence"].items()}
            return b"".join(line_of(line) + b"\n" for line in lines)

        return change

    (folder,) = written(tmp_path)
    assert any(json.loads(line)["state"]["evidence"] for line in (folder / "windows.jsonl").read_bytes().splitlines())

    rewrite(folder, {"windows.jsonl": off(1e-11)})
    assert verify(folder).ok is True
    rewrite(folder, {"windows.jsonl": off(1e-7)})
    assert "evidence" in only_the_verdict(folder)


def test_a_policy_that_no_judge_can_read_is_not_good_news(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    rewrite(folder, {"policy.json": lambda _: b"{}\n"})

    assert "cannot be judged again" in only_the_verdict(folder)


def test_a_canary_that_was_promoted_by_an_override_keeps_what_the_judge_said(tmp_path: Path) -> None:
    told = [*events(1, 2), Override(kind="promote", by="ann", reason="the errors are known", id="o1", at=130)]
    folder = write(bundle(happened=[*told, Acted(kind="promote", result="done", at=140)]), tmp_path)

    found = verify(folder)

    assert found.ok is True
    assert "undecided until the override" in found.findings[-1].text
    assert "the judge had not decided yet" in (folder / "report.md").read_text()


def test_a_run_that_ended_before_there_was_a_decision_says_so_and_verifies(tmp_path: Path) -> None:
    folder = write(bundle(happened=events(1, 2)), tmp_path)

    assert json.loads((folder / "decision.json").read_bytes())["verdict"] == "NONE"
    assert verify(folder).ok is True


def test_a_verdict_that_is_not_the_judges_needs_an_override(tmp_path: Path) -> None:
    told = [*events(1, 2), Override(kind="promote", by="ann", reason="the errors are known", id="o1", at=130)]

    folder = write(replace(bundle(happened=told), override=None), tmp_path)

    assert "whose it is" in faults(verify(folder))["decision"]


def test_a_run_that_never_decided_is_no_bundle_of_a_decision(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    rewrite(folder, {"windows.jsonl": lambda data: data.splitlines(keepends=True)[0]})

    assert "lead to no decision" in only_the_verdict(folder)


def test_a_decision_of_an_unknown_kind_cannot_be_told(tmp_path: Path) -> None:
    folder = write(changed(bundle(), kind="oracle"), tmp_path)

    assert verify(folder).ok is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: {**d, "verdikt": "PROMOTE"}, "unknown field 'verdikt'"),
        (lambda d: {k: v for k, v in d.items() if k != "drill"}, "no field 'drill'"),
        (lambda d: {**d, "drill": "no"}, "drill is a str"),
        (lambda d: {**d, "schema": "relrails.dev/decision/v2"}, "relrails.dev/decision/v1"),
        (lambda d: {**d, "timings": {}}, "timings has no field"),
        (lambda d: {**d, "reasons": [{"code": "X"}]}, "reasons/0"),
        (lambda d: [d], "schema"),
    ],
)
def test_a_decision_of_another_shape_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    (folder,) = written(tmp_path)
    data = json_bytes(change(json.loads((folder / "decision.json").read_bytes())))

    with pytest.raises(EvidenceError, match=said):
        reading.decision(data)


def test_every_stored_state_follows_from_the_events(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)
    lines = [json.loads(line) for line in (folder / "windows.jsonl").read_bytes().splitlines()]
    policy = json.loads((folder / "policy.json").read_bytes())

    again = canary.as_json(canary.replay(policy, [line["event"] for line in lines]))

    assert again == lines[-1]["state"]
