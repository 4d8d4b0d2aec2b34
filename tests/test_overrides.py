"""Overrides: two people, a reason, one artifact, one use, one day, and a ledger that shows if it was edited."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lying_prometheus import serving
from recorded_service import answering

from bench.gate import Items
from relrails.cli import main
from relrails.judge.override import Override, rejected, unsound
from relrails.overrides import OverrideError, Store
from relrails.rules import names

NOW = 1_800_000_000.0
DIGEST = f"sha256:{'ab' * 32}"
OTHER = f"sha256:{'cd' * 32}"
REASON = "the fix for the outage of this morning"
GOOD = Override(
    id="o-1",
    kind="gate",
    service="shop",
    artifact=DIGEST,
    by="ada",
    approved_by="grace",
    reason=REASON,
    created=NOW,
    expires=NOW + 7200,
)


def why(override: Override = GOOD, **more: Any) -> str:
    given: dict[str, Any] = {
        "now": NOW + 60,
        "kinds": ("gate",),
        "service": "shop",
        "artifact": DIGEST,
        "used": frozenset(),
    }
    return rejected(override, **{**given, **more})


def test_a_sound_override_holds_where_it_is_meant() -> None:
    assert why() == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"service": "search"}, "it is for shop"),
        ({"artifact": OTHER}, "it is for sha256:abab"),
        ({"artifact": ""}, "nobody named"),
        ({"kinds": ("promote",)}, "not asked here"),
        ({"used": {"o-1"}}, "counts once"),
        ({"now": NOW + 7200}, "expired 0 min ago"),
        ({"now": NOW + 9000}, "expired 30 min ago"),
        ({"now": float("nan")}, "expired"),
        ({"now": NOW - 3600}, "of the future"),
    ],
)
def test_elsewhere_later_or_again_it_does_not(given: dict[str, Any], said: str) -> None:
    assert said in why(**given)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"approved_by": "ada"}, "alone"),
        ({"approved_by": " ADA "}, "alone"),
        ({"approved_by": ""}, "who approved"),
        ({"by": " "}, "who decided"),
        ({"reason": "because"}, "says nothing"),
        ({"reason": "x" * 40}, "says nothing"),
        ({"reason": " " * 40}, "says nothing"),
        ({"artifact": ""}, "no artifact"),
        ({"artifact": "shop:latest"}, "no artifact"),
        ({"expires": NOW + 86_401}, "at most 24 h"),
        ({"expires": NOW}, "holds for 0.0 h"),
        ({"expires": float("nan")}, "holds for nan"),
        ({"kind": "extend"}, "by how long"),
    ],
)
def test_one_that_could_never_hold_is_not_even_kept(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    bad = replace(GOOD, **changed)

    assert said in unsound(bad)
    with pytest.raises(OverrideError, match="OVERRIDE_REJECTED"):
        Store(tmp_path).create(bad)
    assert Store(tmp_path).entries() == ()


def used(store: Store, **more: Any) -> Override | None:
    given: dict[str, Any] = {"now": NOW + 60, "kinds": ("gate",), "service": "shop", "artifact": DIGEST, "for_": "t"}
    return store.use(**{**given, **more}).override


def test_it_counts_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create(GOOD)

    assert [o.id for o in store.open(NOW + 60, "shop")] == ["o-1"]
    assert used(store) == GOOD
    assert used(store) is None
    assert store.open(NOW + 60, "shop") == ()


def test_one_that_does_not_hold_says_why_and_that_is_on_record_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create(GOOD)
    for _ in range(2):
        held = store.use(now=NOW + 60, kinds=("gate",), service="shop", artifact=OTHER, for_="t")
        assert held.override is None
        assert [o.id for o, _ in held.rejected] == ["o-1"]

    assert [entry.event for entry in store.entries()] == ["created", "rejected"]
    assert used(store) == GOOD


@pytest.mark.parametrize("place", ["a word", "a line", "the order", "the end", "its use"])
def test_an_edited_ledger_is_believed_in_nothing(tmp_path: Path, place: str) -> None:
    store = Store(tmp_path)
    store.create(GOOD)
    store.create(replace(GOOD, id="o-2"))
    used(store)
    data = store.path.read_bytes()
    lines = data.split(b"\n")[:-1]
    edited = {
        "a word": data.replace(b"ada", b"bob", 1),
        "a line": b"\n".join(lines[1:]) + b"\n",
        "the order": b"\n".join(reversed(lines)) + b"\n",
        "the end": data[:-10],
        "its use": b"\n".join([lines[0], lines[2]]) + b"\n",
    }
    store.path.write_bytes(edited[place])

    with pytest.raises(OverrideError):
        store.entries()
    with pytest.raises(OverrideError):
        used(store)


def test_every_byte_of_all_lines_but_the_last_is_in_the_chain(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.create(GOOD)
    store.create(replace(GOOD, id="o-2"))
    data = store.path.read_bytes()
    for place in range(0, data.index(b"\n"), 7):
        changed = bytearray(data)
        changed[place] ^= 1
        store.path.write_bytes(bytes(changed))
        with pytest.raises(OverrideError):
            store.entries()


# At the gate.


def spent(question: str, items: Items, _at: float) -> None:
    for item in items:
        if question == "recorded" and item["metric"]["__name__"] == names.BUDGET_REMAINING:
            item["values"] = [[when, "-0.5"] for when, _ in item["values"]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / "services").mkdir()
    (tmp_path / "services/shop.py").write_text("from recorded_service import service as service\n")
    return tmp_path


def create(*more: str) -> int:
    people = ("--by", "ada", "--approved-by", "grace", "--reason", REASON)
    return main(["override", "create", "shop", "--kind", "gate", "--artifact", DIGEST, *people, *more])


def gate(url: str, artifact: str = DIGEST) -> int:
    return main(["gate", "shop", "--prometheus", url, "--artifact", artifact, "--format", "json"])


def test_a_blocked_release_passes_once_and_the_automatic_verdict_is_kept(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert create() == 0
    capsys.readouterr()
    with serving(answering(spent)) as server:
        assert gate(server.url, OTHER) == 1
        other = json.loads(capsys.readouterr().out)
        assert gate(server.url) == 0
        said = json.loads(capsys.readouterr().out)
        assert gate(server.url) == 1

    assert len(other["open_overrides"]) == 1
    assert "it is for sha256:abab" in other["rejected_overrides"][0]["why"]
    assert (said["verdict"], said["verdict_auto"]) == ("ALLOWED", "BLOCKED")
    assert said["override"]["by"] == "ada"
    (bundle,) = (project / "evidence/shop").iterdir()
    decision = json.loads((bundle / "decision.json").read_text())
    assert (decision["verdict"], decision["verdict_auto"]) == ("ALLOW", "BLOCK")
    assert main(["evidence", "verify", str(bundle)]) == 0


def test_a_release_that_is_allowed_anyway_uses_no_override_and_says_that_one_is_open(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create()
    with serving(answering()) as server:
        assert main(["gate", "shop", "--prometheus", server.url, "--artifact", DIGEST]) == 0

    assert "open override: o-" in capsys.readouterr().out
    assert len(Store(project / "evidence").open(time.time(), "shop")) == 1


def test_an_edited_ledger_blocks_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create()
    ledger = project / "evidence/overrides.jsonl"
    ledger.write_text(ledger.read_text().replace('"number": 1', '"number": 2'))
    with serving(answering(spent)) as server:
        assert main(["gate", "shop", "--prometheus", server.url, "--artifact", DIGEST]) == 1

    assert "OVERRIDE_REJECTED" in capsys.readouterr().out
    assert main(["override", "list"]) == 1


@pytest.mark.parametrize(
    "more",
    [
        ("--approved-by", "ada"),
        ("--reason", "short"),
        ("--ttl", "25h"),
        ("--ttl", "soon"),
        ("--artifact", "shop:latest"),
        ("--artifact", ""),
        ("--kind", "anything"),
    ],
)
def test_an_override_that_cannot_hold_is_refused_when_it_is_created(project: Path, more: tuple[str, str]) -> None:
    assert create(*more) == 3


def test_overrides_are_listed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create()
    assert main(["override", "list", "shop"]) == 0
    assert "open o-" in capsys.readouterr().out
    assert main(["override", "list", "search"]) == 0
    assert "no override is open" in capsys.readouterr().err
