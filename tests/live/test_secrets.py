"""No secret is ever told: not in a log, a page, a number, a report or a span, in whatever way it is written."""

import asyncio
import base64
import json
import os
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.plans import CONTEXT, plan, step, target
from live.service import Answers, Asked, json_of, raw, said, service, silence
from relrails.live.probe import openmetrics, report
from relrails.live.probe.fault import Fault
from relrails.live.probe.log import Log
from relrails.live.probe.outcome import Run
from relrails.live.probe.pending import Pending
from relrails.live.probe.plan import Plan
from relrails.live.probe.redact import HIDDEN, Redactor
from relrails.live.probe.secrets import reveal
from relrails.live.probe.template import Known, Message, fill, origin
from relrails.live.probe.walker import Walker
from relrails.probe import Extract, Secret, Target, delete, expect, get, post, secret

PASSWORD = "pa55/wörd+\"&=\\ '<x>"  # noqa: S105 - planted
TOKEN = "tok/en+4711=="  # noqa: S105 - planted
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "quoted": quote,
    "quoted whole": lambda s: quote(s, safe=""),
    "quoted plus": quote_plus,
    "lower case": lambda s: quote(s, safe="").lower() if s.islower() else quote(s, safe=""),
    "json": lambda s: json.dumps(s)[1:-1],
    "json utf-8": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "repr": lambda s: repr(s)[1:-1],
    "html": escape,
    "hex": lambda s: s.encode().hex(),
    "base64": lambda s: base64.b64encode(s.encode()).decode().rstrip("="),
    "base64 for urls": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
}


@given(value=st.text(min_size=4), before=st.text(max_size=9), after=st.text(max_size=9), form=st.sampled_from([*FORMS]))
def test_a_secret_is_hidden_in_every_form(value: str, before: str, after: str, form: str) -> None:
    try:
        value.encode()
        written = FORMS[form](value)
    except UnicodeEncodeError:  # half of a character is no text that can be sent
        return
    redactor = Redactor()
    redactor.add(value)
    assert written not in redactor.hide(f"{before}{written}{after}").replace(HIDDEN, "") or written in before + after


@given(user=st.text(st.characters(codec="utf-8"), max_size=5), value=st.text(st.characters(codec="ascii"), min_size=6))
def test_a_secret_is_hidden_within_longer_base64(user: str, value: str) -> None:
    redactor = Redactor()
    redactor.add(value)
    told = redactor.hide(base64.b64encode(f"{user}:{value}".encode()).decode())
    assert HIDDEN in told
    # What is left cannot be decoded to more than two characters of it.
    rest = told.split(HIDDEN)
    assert len(rest[-1].rstrip("=")) <= 4


def test_a_secret_is_hidden_before_a_text_is_cut() -> None:
    async def visit() -> Run:
        async with service() as it:
            it.on("/x", said(500, b"." * 505 + PASSWORD.encode() + b"." * 500))
            return await one(plan(step("only", get("/x", headers={"x-key": secret("env:PLANTED")}), target(it.url))))

    os.environ["PLANTED"] = PASSWORD
    try:
        run = asyncio.run(visit())
    finally:
        del os.environ["PLANTED"]
    assert run.failed is not None
    assert PASSWORD[:4] not in run.failed.body


async def one(wanted: Plan) -> Run:
    from live.plans import walk

    return await walk(wanted)


@pytest.mark.parametrize("told", [repr, str, "{}".format])
def test_what_has_secrets_in_it_does_not_show_them(told: Callable[[object], str]) -> None:
    known = Known({"token": TOKEN})
    known.redactor.add(PASSWORD)
    message = Message("GET", origin(target("http://127.0.0.1")), f"/{TOKEN}", (("x", PASSWORD),), PASSWORD.encode())
    for thing in (known, known.redactor, message):
        assert TOKEN not in told(thing)
        assert PASSWORD not in told(thing)


def test_a_secret_is_read_again_at_each_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    for value in ("first", "second"):
        file.write_text(f"{value}\n")
        monkeypatch.setenv("PLANTED", value)
        assert reveal(Secret(f"file:{file}")) == value
        assert reveal(Secret("env:PLANTED")) == value


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("env:NOBODY_HAS_SET_THIS", "no such environment variable"),
        ("file:/nowhere/at/all", "No such file"),
        ("file:/", "Is a directory"),
        ("file:/dev/zero", "longer than"),
        ("file:/dev/null", "fewer than 4"),
        ("vault:x", "env:NAME"),
        ("", "env:NAME"),
    ],
)
def test_a_secret_that_cannot_be_had_says_why(reference: str, why: str) -> None:
    with pytest.raises(Fault, match=why) as caught:
        reveal(Secret(reference))
    assert caught.value.reason == "secret_unavailable"


def test_a_secret_that_is_no_text_is_refused_without_showing_it(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfeabcd")
    with pytest.raises(Fault, match="not UTF-8") as caught:
        reveal(Secret(f"file:{tmp_path}/secret"))
    assert "abcd" not in str(caught.value)


async def echo(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answer 500 with everything that was sent, in every form: the worst that a service can do."""
    sent = [asked.path, *asked.headers.values(), asked.body.decode()]
    body = "\n".join([*sent, *(form(value) for form in FORMS.values() for value in (PASSWORD, TOKEN))])
    await said(500, body.encode(), x_echo="1")(asked, writer)


FAILURES: dict[str, Answers] = {
    "echoed": echo,
    "in a redirect": said(302, location=f"/?token={quote(TOKEN)}&p={quote(PASSWORD)}"),
    "in a value": json_of({"state": f"{TOKEN} {PASSWORD}", "id": "x"}),
    "in garbage": raw(TOKEN.encode() + PASSWORD.encode()),
    "in the reason of a status": raw(f"HTTP/1.1 500 {TOKEN}\r\n\r\n{TOKEN}".encode()),
    "in a broken header": raw(f"HTTP/1.1 200 OK\r\n{TOKEN} {TOKEN}\r\n\r\n".encode()),
    "silent": silence,
}


@pytest.mark.parametrize("failure", FAILURES)
def test_no_output_has_a_planted_secret_in_any_form(
    failure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("relrails.live.probe.walk.PAUSE", 0.01)
    monkeypatch.setenv("PLANTED", PASSWORD)
    (tmp_path / "secret").write_text(PASSWORD)
    state, log_file, told = tmp_path / "state", tmp_path / "log", list[Run]()

    async def visit() -> Walker:
        async with service() as it:
            it.on("/login", json_of({"token": TOKEN, "also": TOKEN[::-1]})).on("/orders", json_of({"id": "o-1"}))
            it.on(f"/{quote(TOKEN, safe='')}", FAILURES[failure]).on("/orders/o-1", FAILURES[failure])
            log = Log(log_file)
            walker = Walker(wanted(it.url, tmp_path), CONTEXT, Pending(state), log, told.append)
            walker.tick(0)
            await asyncio.wait_for(asyncio.shield(_running(walker)), 10)
            await walker.make_up()
            log.close()
            return walker

    walker = asyncio.run(visit())
    assert walker.numbers.runs["failure"] == 1
    talk = capfd.readouterr()
    outputs = {
        "metrics": openmetrics.text([walker.numbers]),
        "log": log_file.read_text(),
        "page": json.dumps([report.to_dict(run) for run in walker.failures], ensure_ascii=False),
        "text": "".join(map(report.text, told)),
        "junit": "".join(map(report.junit, told)),
        "state": "".join(file.read_text() + file.name for file in state.iterdir()),
        "stdout": talk.out,
        "stderr": talk.err,
        "objects": repr(told) + repr(walker.__dict__),
    }
    assert '"run"' in outputs["log"]
    assert "left_over" in outputs["log"]
    assert "o-1" in outputs["state"]
    for where, text in outputs.items():
        for value in (PASSWORD, TOKEN):
            for form, write in FORMS.items():
                assert write(value) not in text, (where, form)
                assert write(value) not in text.encode().decode("unicode_escape", "replace"), (where, form)


def wanted(url: str, folder: Path) -> Plan:
    """A journey that sends secrets wherever they may stand, writes, and cannot clean up."""
    at = target(url)
    keys = {"p": secret("env:PLANTED"), "q": "x{token}"}
    login = step(
        "login",
        post("/login", form={"p": secret(f"file:{folder}/secret")}),
        at,
        extract=(Extract(path="$.token", name="token", sensitive=True),),
    )
    ids = (Extract(path="$.id", name="order"),)
    create = step("create", post("/orders", json={"deep": [keys]}), at, extract=ids, writes=True)
    ready = (expect.json("$.state", equals="ready"),)
    fail = step("fail", get("/{token}", headers={"authorization": "Bearer {token}"}), at, timeout=0.2, expect=ready)
    clean = step("cleanup", delete("/orders/{order}"), at, always=True, scored=False, timeout=0.1, expect=ready)
    return plan(login, create, fail, clean)


async def _running(walker: Walker) -> Any:
    return await walker._run  # type: ignore[misc] # the test waits for what tick began


def test_a_token_is_hidden_although_the_step_that_brings_it_fails() -> None:
    async def visit() -> Run:
        async with service() as it:
            it.on("/login", json_of({"token": TOKEN}, status=500))
            keep = (Extract(path="$.token", name="token", sensitive=True),)
            wrong = (expect.json("$.token", equals="another"),)
            return await one(plan(step("login", get("/login"), target(it.url), extract=keep, expect=wrong)))

    failed = asyncio.run(visit()).failed
    assert failed is not None
    assert failed.reason == "assertion"
    assert TOKEN not in report.step_dict(failed)["text"]
    assert failed.body == ""


def test_values_too_short_to_be_hidden_are_not_kept_as_secrets() -> None:
    async def visit() -> Run:
        async with service() as it:
            it.on("/login", json_of({"token": "abc"}))
            keep = (Extract(path="$.token", name="token", sensitive=True),)
            return await one(plan(step("login", get("/login"), target(it.url), extract=keep)))

    failed = asyncio.run(visit()).failed
    assert failed is not None
    assert failed.reason == "extract"


def test_a_secret_in_a_query_is_written_for_a_url() -> None:
    known = Known({"token": TOKEN})
    at = Target(name="it", url="http://127.0.0.1")
    assert fill(get("/x", query={"t": "{token}"}), origin(at), known).path == "/x?t=tok%2Fen%2B4711%3D%3D"
