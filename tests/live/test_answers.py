"""What an answer is held against: statuses, JSON, headers, bodies, and packs with their manifests."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relrails.judge import pack
from relrails.judge.answer import SHOWN, Answer, found, shortfall
from relrails.judge.pack import PackError, hold_against_manifest
from relrails.probe import expect
from relrails.probe.expect import Expectation

NAME = "MANIFEST.sha256"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def answer(body: bytes | Any = b"", status: int = 200, **headers: str) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, tuple(headers.items()), data)


FINE: list[tuple[Answer, Expectation]] = [
    (answer(status=404), expect.status(204, 404)),
    (answer({"a": None}), expect.json("$.a")),
    (answer({"a": {"b": [1, 2]}}), expect.json("$.a.b[1]", equals=2)),
    (answer({"a": 2}), expect.json("$.a", equals=2.0)),
    (answer({"a": 5}), expect.json("$.a", at_least=5)),
    (answer({"a": "case-7"}), expect.json("$.a", matches=r"^case-\d+$")),
    (answer({"a": [{"s": "x"}, {"s": "xx"}]}), expect.json("$.a[*].s", matches="^x+$")),
    (answer({"a": {"k": [1]}}), expect.json("$.a", equals={"k": [1]})),
    (answer(b"", etag="x"), expect.header("ETag")),
    (answer(b"", etag="abc"), expect.header("etag", matches="b")),
    (answer(b"hello\nworld"), expect.body(matches="(?m)^world$")),
]
WRONG: list[tuple[Answer, Expectation, str]] = [
    (answer(status=200), expect.status(204, 404), "status 200"),
    (answer({"a": 1}), expect.json("$.b"), "nothing is there"),
    (answer({"a": True}), expect.json("$.a", equals=1), "true"),
    (answer({"a": 0}), expect.json("$.a", equals=False), "0"),
    (answer({"a": "5"}), expect.json("$.a", at_least=1), '"5"'),
    (answer({"a": True}), expect.json("$.a", at_least=1), "true"),
    (answer(b'{"a": NaN}'), expect.json("$.a", at_least=1), "no JSON"),
    (answer({"a": 7}), expect.json("$.a", matches="7"), "7"),
    (answer(b'{"a": 1e999}'), expect.json("$.a", at_least=1), "Infinity"),
    (answer({"a": {"k": [True]}}), expect.json("$.a", equals={"k": [1]}), "true"),
    (answer({"a": [{"s": "x"}, {"s": "y"}]}), expect.json("$.a[*].s", matches="x"), '"y"'),
    (answer({"a": [1, 2]}), expect.json("$.a[*]", equals=1), "2 values are there"),
    (answer(b""), expect.json("$.a"), "the body is empty"),
    (answer(b"<html>"), expect.json("$.a"), "no JSON"),
    (answer(b"\xff\xfe"), expect.json("$.a"), "no JSON"),
    (answer(b""), expect.header("etag"), "there is no such header"),
    (answer(b"", etag="abc"), expect.header("etag", matches="^x"), "'abc'"),
    (answer(b"hello"), expect.body(matches="world"), "5 bytes without it"),
    (answer(b"nonsense"), expect.zip_manifest(NAME), "no zip file"),
]


@pytest.mark.parametrize(("given_", "expected"), FINE, ids=[e.sentence() for _, e in FINE])
def test_an_answer_that_is_right(given_: Answer, expected: Expectation) -> None:
    assert shortfall(given_, (expected,)) is None


@pytest.mark.parametrize(("given_", "expected", "got"), WRONG, ids=[f"{e.sentence()}: {g}" for _, e, g in WRONG])
def test_an_answer_that_is_wrong_says_what_was_there(given_: Answer, expected: Expectation, got: str) -> None:
    missing = shortfall(given_, (expected,))
    assert missing is not None
    assert got in missing.got
    assert missing.expected == expected.sentence()


@given(JSON)
def test_a_value_equals_itself_and_nothing_that_json_tells_apart(value: Any) -> None:
    if value is None:
        return
    there = answer({"v": value})
    assert shortfall(there, (expect.json("$.v", equals=value),)) is None
    assert shortfall(there, (expect.json("$.v", equals=[value]),)) is not None
    assert found(there, "$.v") == [value]


@given(st.binary(max_size=200), st.integers(100, 599))
def test_no_body_brings_the_judge_down(body: bytes, status: int) -> None:
    everything = (
        expect.json("$.a[0]..b", at_least=1),
        expect.body(matches="(a+)+$"),
        expect.zip_manifest(NAME),
        expect.status(299),
    )
    for expected in everything:
        missing = shortfall(answer(body, status), (expected,))
        assert missing is None or len(missing.got) < SHOWN + 100


def test_an_expression_that_takes_for_ever_elsewhere_does_not_here() -> None:
    assert shortfall(answer(b"a" * 50_000 + b"!"), (expect.body(matches="^(a+)+$"),)) is not None


def test_a_long_value_is_shortened() -> None:
    missing = shortfall(answer({"a": "x" * 5000}), (expect.json("$.a", equals="y"),))
    assert missing is not None
    assert len(missing.got) == SHOWN


def packed(files: Mapping[str, bytes], manifest: str | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
        sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
        made.writestr(NAME, sums if manifest is None else manifest)
    return out.getvalue()


FILES = {"events.jsonl": b'{"id": 1}\n' * 100, "deep/graph.json": b"{}"}


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?", fullmatch=True), st.binary(max_size=99), min_size=1))
def test_a_pack_agrees_with_the_manifest_that_it_was_made_with(files: dict[str, bytes]) -> None:
    hold_against_manifest(packed(files), NAME)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (packed(FILES, manifest=""), "is in the pack, and not in"),
        (packed({}, manifest=""), "names no file"),
        (packed(FILES, manifest="hello"), "line 1 of MANIFEST.sha256 is no checksum"),
        (packed(FILES, manifest=f"{'0' * 64}  events.jsonl\n{'0' * 64}  deep/graph.json\n"), "another checksum"),
        (
            packed(FILES | {"x": b""}, manifest=None).replace(b"events.jsonl", b"eventz.jsonl"),
            "eventz.jsonl is in the pack|events.jsonl is in",
        ),
        (packed(FILES)[:-30], "no zip file"),
        (b"", "no zip file"),
        (packed(FILES, manifest=f"{hashlib.sha256(b'').hexdigest()}  gone\n"), "gone is in MANIFEST.sha256, and not"),
    ],
)
def test_a_pack_that_differs_from_its_manifest_says_where(body: bytes, why: str) -> None:
    with pytest.raises(PackError, match=why):
        hold_against_manifest(body, NAME)


def test_a_pack_without_a_manifest_is_no_pack() -> None:
    with pytest.raises(PackError, match="there is no OTHER among 3 files"):
        hold_against_manifest(packed(FILES), "OTHER")


def test_any_byte_that_is_changed_is_noticed() -> None:
    body = bytearray(packed({"a": b"0123456789" * 20}))
    at = body.index(b"a", 30) + 1
    body[at + 3] ^= 0xFF
    with pytest.raises(PackError):
        hold_against_manifest(bytes(body), NAME)


def test_a_pack_that_would_fill_the_memory_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "UNPACKED", 1000)
    with pytest.raises(PackError, match="it would unpack to"):
        hold_against_manifest(packed({"zeros": b"\0" * 5000}), NAME)
