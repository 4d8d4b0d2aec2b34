"""Every reason of the closed list is brought about by a real fault, and named right."""

import asyncio
import datetime
import socket
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from live.plans import plan, step, target, walk
from live.service import Answers, drip, json_of, raw, said, service, silence
from relrails.live.probe.outcome import Run, StepRun
from relrails.live.probe.plan import PlannedStep
from relrails.live.probe.send import Sender
from relrails.probe import Extract, Target, delete, expect, get, head, post, secret
from relrails.probe.names import REASONS, Reason

Fault = Callable[[Path], Coroutine[Any, Any, Run]]
FAULTS: dict[str, tuple[Reason, Fault]] = {}


def fault(reason: Reason) -> Callable[[Fault], Fault]:
    def note(bring_about: Fault) -> Fault:
        FAULTS[bring_about.__name__] = (reason, bring_about)
        return bring_about

    return note


async def answered(answer: Answers, timeout: float = 2.0, **given: object) -> Run:
    """Walk one step whose answer is given."""
    async with service() as it:
        it.on("/x", answer)
        return await walk(plan(step("only", get("/x"), target(it.url), timeout=timeout, **given)))


def failed(run: Run) -> StepRun:
    found = run.failed
    assert found is not None, run
    return found


@fault("dns")
async def a_name_that_nobody_has(folder: Path) -> Run:
    return await walk(plan(step("only", get("/"), target("http://nobody.invalid"))))


@fault("dns")
async def a_name_that_cannot_be_one(folder: Path) -> Run:
    return await walk(plan(step("only", get("/"), target(f"http://{'x' * 70}.example"))))


@fault("connect")
async def a_closed_port(folder: Path) -> Run:
    return await walk(plan(step("only", get("/"), target(f"http://127.0.0.1:{free_port()}"))))


@fault("connect")
async def a_connection_closed_instead_of_an_answer(folder: Path) -> Run:
    return await answered(raw(b""))


@fault("connect")
async def an_answer_that_breaks_off(folder: Path) -> Run:
    return await answered(raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"))


@fault("connect")
async def an_answer_that_is_no_http(folder: Path) -> Run:
    return await answered(raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"))


@fault("tls")
async def a_certificate_that_nobody_vouches_for(folder: Path) -> Run:
    async with service(self_signed(folder)) as it:
        return await walk(plan(step("only", get("/"), target(it.url))))


@fault("tls")
async def plain_http_where_tls_is_expected(folder: Path) -> Run:
    async with service() as it:
        return await walk(plan(step("only", get("/"), target(it.url.replace("http:", "https:")))))


@fault("tls")
async def a_certificate_of_another_name(folder: Path) -> Run:
    async with service(self_signed(folder)) as it:
        trusting = ssl.create_default_context(cafile=folder / "it.pem")
        at = target(f"https://localhost:{it.port}")  # it is for 127.0.0.1
        return await walk(plan(step("only", get("/"), at)), trusting)


@fault("timeout")
async def a_body_that_drips(folder: Path) -> Run:
    return await answered(drip(), timeout=0.2)


@fault("timeout")
async def silence_instead_of_an_answer(folder: Path) -> Run:
    return await answered(silence, timeout=0.2)


@fault("timeout")
async def a_run_that_is_over_before_its_steps_are(folder: Path) -> Run:
    async with service() as it:
        it.on("/x", silence)
        return await walk(plan(step("only", get("/x"), target(it.url), timeout=5.0), timeout=0.2))


@fault("http_4xx")
async def wrong_credentials(folder: Path) -> Run:
    return await answered(said(401, b"no"))


@fault("http_5xx")
async def a_broken_service(folder: Path) -> Run:
    return await answered(said(503, b"down"))


@fault("redirect")
async def a_redirect_loop(folder: Path) -> Run:
    return await answered(said(302, location="/x"))


@fault("body_too_large")
async def a_body_that_says_it_is_huge(folder: Path) -> Run:
    begun = (
        b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\nx"  # and nothing more: who waits for it waits in vain
    )
    return await answered(raw(begun, close=False), timeout=0.5)


@fault("body_too_large")
async def a_body_that_only_grows(folder: Path) -> Run:
    chunk = b"400\r\n" + b"x" * 0x400 + b"\r\n"
    return await answered(raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk * 9), largest=2000)


@fault("assertion")
async def garbage_where_json_should_be(folder: Path) -> Run:
    return await answered(said(200, b"\x00\xff{{{"), expect=(expect.json("$.total"),))


@fault("assertion")
async def json_nested_too_deep(folder: Path) -> Run:
    return await answered(said(200, b"[" * 100_000), expect=(expect.json("$.total"),))


@fault("assertion")
async def a_status_that_is_well_and_not_the_expected_one(folder: Path) -> Run:
    return await answered(said(204))


@fault("extract")
async def an_answer_without_what_is_kept(folder: Path) -> Run:
    return await answered(json_of({"other": 1}), extract=(Extract(path="$.id", name="id"),))


@fault("extract")
async def a_name_that_no_step_has_kept(folder: Path) -> Run:
    async with service() as it:
        return await walk(plan(step("only", get("/{missing}"), target(it.url))))


@fault("extract")
async def a_value_that_would_break_out_of_its_header(folder: Path) -> Run:
    async with service() as it:
        it.on("/x", json_of({"id": "a\r\nx-evil: 1"}))
        first = step("first", get("/x"), target(it.url), extract=(Extract(path="$.id", name="id"),))
        return await walk(plan(first, step("second", get("/x", headers={"x-id": "{id}"}), target(it.url))))


@fault("poll_timeout")
async def a_job_that_never_gets_ready(folder: Path) -> Run:
    waits = (expect.json("$.state", equals="ready"),)
    return await answered(json_of({"state": "queued"}), timeout=0.3, until=waits, every=0.05)


@fault("egress_blocked")
async def a_private_address_that_is_not_listed(folder: Path) -> Run:
    async with service() as it:
        return await walk(plan(step("only", get("/"), Target(name="it", url=it.url))))


@fault("secret_unavailable")
async def a_secret_that_is_not_there(folder: Path) -> Run:
    request = get("/", headers={"authorization": secret(f"file:{folder}/absent")})
    return await walk(plan(step("only", request, target("http://127.0.0.1:9"))))


@fault("runner_error")
async def a_fault_of_the_runner(folder: Path) -> Run:
    return await answered(json_of({}), expect=(expect.json("$["),))  # no check has read this path


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_its_reason(name: str, tmp_path: Path) -> None:
    reason, bring_about = FAULTS[name]
    run = asyncio.run(bring_about(tmp_path))
    assert failed(run).reason == reason, failed(run).text
    own = reason in {"runner_error", "secret_unavailable"}
    assert run.outcome == ("error" if own else "failure")
    assert failed(run).text


def test_every_reason_of_the_list_has_a_fault_that_brings_it_about() -> None:
    assert {reason for reason, _ in FAULTS.values()} == set(REASONS)


def test_a_page_says_what_was_expected_and_what_came() -> None:
    run = asyncio.run(answered(json_of({"total": 0}), expect=(expect.json("$.total", at_least=1),)))
    assert failed(run).text == "expected $.total ≥ 1; got 0"
    assert failed(run).body == '{"total": 0}'


def test_a_timeout_says_what_it_was_doing() -> None:
    assert "waiting for an answer" in failed(asyncio.run(answered(silence, timeout=0.1))).text
    assert "reading the answer" in failed(asyncio.run(answered(drip(), timeout=0.1))).text


def test_a_wrong_status_is_told_before_what_follows_from_it() -> None:
    wants = (expect.json("$.total"), expect.header("etag"), expect.status(200))
    assert failed(asyncio.run(answered(said(500, b"oops"), expect=wants))).reason == "http_5xx"


def test_a_trusted_certificate_is_fine(tmp_path: Path) -> None:
    async def visit() -> Run:
        async with service(self_signed(tmp_path)) as it:
            it.on("/x", said(200, b"hello"))
            trusting = ssl.create_default_context(cafile=tmp_path / "it.pem")
            at = target(it.url)
            steps = [step(f"step_{n}", request("/x"), at) for n, request in enumerate((get, head, post, delete))]
            run = await walk(plan(*steps), trusting)
            assert it.connections == 1
            return run

    run = asyncio.run(visit())
    assert run.outcome == "success", run
    assert run.steps[0].phases["tls"] > 0
    assert run.steps[1].phases["tls"] == 0


def test_what_nobody_foresaw_is_the_runners_own_fault_and_the_run_goes_on_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(self: Sender, wanted: PlannedStep, now: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Sender, "_carry_out", broken)
    run = asyncio.run(walk(plan(step("only", get("/"), target("http://127.0.0.1:9")))))
    assert run.outcome == "error"
    assert "ZeroDivisionError" in failed(run).text


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def self_signed(folder: Path) -> ssl.SSLContext:
    """Make a certificate for 127.0.0.1 that nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    import ipaddress

    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "it.pem", folder / "it.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kind = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context
