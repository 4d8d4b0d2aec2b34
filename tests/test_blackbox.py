"""The modules of Blackbox, held against the real exporter of each version and a server that answers it."""

import os
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from journeys import service, simple_journey, step
from running import fetch, free_port, program, server

from relrails.probe import Step, Target, expect, get, head, names
from relrails.render.blackbox import Probe, probes, render_fleet
from relrails.service import Service
from relrails.toolchain import Tool
from relrails.units import MiB, seconds


def text_of(*journeys: Any) -> str:
    """Render a service with journeys."""
    return next(f.text for f in render_fleet([service(journeys=journeys)]))


def test_a_service_without_journeys_has_no_modules() -> None:
    assert list(render_fleet([service()])) == []


def test_every_version_takes_it(blackbox_exporters: tuple[Tool, ...], tmp_path: Path) -> None:
    every = (expect.status(204, 200), expect.header("x-a"), expect.header("x-b", matches="a|b"))
    simple = simple_journey(steps=(step(expect=(*every, expect.body(matches=r"^\d+$"))),))
    plain = simple_journey(name="plain", target=Target(name="plain", url="http://shop.example.com:8080"))
    (tmp_path / "blackbox.yml").write_text(text_of(simple, plain))

    for tool in blackbox_exporters:
        argv = [str(tool.path), "--config.check", f"--config.file={tmp_path / 'blackbox.yml'}"]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{tool}: {done.stderr}"


def test_a_journey_of_more_than_a_request_is_left_to_the_runner() -> None:
    modules = yaml.safe_load(text_of(simple_journey(steps=(step(), step(name="again")))))["modules"]

    assert sorted(modules) == ["http_answers", "tls_handshakes"]


def test_a_host_of_two_journeys_is_checked_once_in_each_environment() -> None:
    found = [
        simple_journey(),
        simple_journey(name="other"),
        simple_journey(name="third", env="production", steps=(step(), step(name="again"))),
    ]

    checked = [
        dict(p.labels) for p in probes([service(journeys=found)]) if p.module != p.job and "check" in dict(p.labels)
    ]

    assert [(c["env"], c["target"], c["check"]) for c in checked] == [
        ("production", "shop", "answers"),
        ("production", "shop", "connects"),
        ("staging", "shop", "answers"),
        ("staging", "shop", "connects"),
    ]


# Really probed


@pytest.fixture(params=(0, 1), ids=("oldest", "newest"))
def exporter(request: pytest.FixtureRequest, blackbox_exporters: tuple[Tool, ...]) -> Tool:
    """Give the oldest or the newest exporter."""
    return (min, max)[int(request.param)](blackbox_exporters, key=lambda t: t.version)


def probed(exporter: Tool, services: Sequence[Service], root: Path, **env: str) -> dict[str, bool]:
    """Ask a real exporter for every probe, and give its verdicts by module."""
    (root / "blackbox.yml").write_text(next(f.text for f in render_fleet(services)))
    url = f"http://127.0.0.1:{free_port()}"
    arguments = [f"--config.file={root / 'blackbox.yml'}", f"--web.listen-address={url.removeprefix('http://')}"]
    with program(exporter, arguments, ready=f"{url}/-/healthy", env=os.environ | env):
        return {p.module: _verdict(url, p) for p in probes(services)}


def _verdict(url: str, probe: Probe) -> bool:
    answer = fetch(f"{url}/probe?{urlencode({'module': probe.module, 'target': probe.address})}")
    return bool(re.search(r"^probe_success 1$", answer, re.MULTILINE))


CASES: dict[str, tuple[Step, bool]] = {
    "status": (step(request=get("/ok"), expect=(expect.status(200),)), True),
    "other_status": (step(request=get("/ok"), expect=(expect.status(204),)), False),
    "any_2xx": (step(request=get("/made"), expect=(expect.body(matches="made"),)), True),
    "missing": (step(request=get("/nothing"), expect=(expect.status(200, 204),)), False),
    "expected_404": (step(request=get("/nothing"), expect=(expect.status(404),)), True),
    "head": (step(request=head("/ok"), expect=(expect.status(200),)), True),
    "query": (step(request=get("/ok", query={"q": "a b&c=ü"}), expect=(expect.status(200),)), True),
    "spaces": (step(request=get("/a b/ü"), expect=(expect.status(200),)), True),
    "body": (step(request=get("/ok"), expect=(expect.body(matches="^fi.e$"),)), True),
    "other_body": (step(request=get("/ok"), expect=(expect.body(matches="^fi.e.$"),)), False),
    "header_there": (step(request=get("/ok"), expect=(expect.header("x-empty"),)), True),
    "header_missing": (step(request=get("/ok"), expect=(expect.header("x-none"),)), False),
    "header_matches": (step(request=get("/ok"), expect=(expect.header("x-kind", matches="^a|b$"),)), True),
    "header_differs": (step(request=get("/ok"), expect=(expect.header("x-kind", matches="^b"),)), False),
    "redirect": (step(request=get("/away"), expect=(expect.body(matches="fine"),)), False),
    "expected_redirect": (step(request=get("/away"), expect=(expect.status(302),)), True),
    "large_enough": (step(request=get("/large"), largest=2 * MiB, expect=(expect.body(matches="x"),)), True),
    "too_large": (step(request=get("/large"), expect=(expect.body(matches="x"),)), False),
}
ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/": (401, {}, b""),
    "/ok": (200, {"x-empty": "", "x-kind": "ab"}, b"fine"),
    "/made": (201, {}, b"made"),
    "/a%20b/%C3%BC": (200, {}, b""),
    "/away": (302, {"Location": "/ok"}, b""),
    "/large": (200, {}, b"x" * 1_100_000),
}


def test_the_exporter_judges_as_the_journey_says(exporter: Tool, tmp_path: Path) -> None:
    with server(ANSWERS) as (origin, asked):
        target = Target(name="local", url=origin)
        journeys = tuple(simple_journey(name=name, target=target, steps=(s,)) for name, (s, _) in CASES.items())
        verdicts = probed(exporter, [service(journeys=journeys)], tmp_path)

    assert {n.removeprefix("journey_"): v for n, v in verdicts.items() if n.startswith("journey_")} == {
        name: good for name, (_, good) in CASES.items()
    }
    assert (verdicts["http_answers"], verdicts["tcp_connects"]) == (True, True)
    assert "/ok?q=a+b%26c%3D%C3%BC" in {path for _, path, _ in asked}
    assert ("HEAD", "/ok", b"") in asked


def test_a_host_that_is_gone_neither_connects_nor_answers(exporter: Tool, tmp_path: Path) -> None:
    gone = Target(name="gone", url=f"http://127.0.0.1:{free_port()}")

    verdicts = probed(exporter, [service(journeys=(simple_journey(target=gone),))], tmp_path)

    assert set(verdicts.values()) == {False}


def test_a_proxy_without_its_service_connects_and_does_not_answer(exporter: Tool, tmp_path: Path) -> None:
    with server({"/": (502, {}, b"")}) as (origin, _):
        journey = simple_journey(target=Target(name="proxy", url=origin))
        verdicts = probed(exporter, [service(journeys=(journey,))], tmp_path)

    assert (verdicts["tcp_connects"], verdicts["http_answers"]) == (True, False)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_counts_only_when_it_is_trusted(exporter: Tool, trusted: bool, tmp_path: Path) -> None:
    certificate, key = certified(tmp_path)
    with server(ANSWERS | {"/welcome": (200, {}, b"")}, tls=(certificate, key)) as (origin, _):
        journey = simple_journey(target=Target(name="secure", url=origin), steps=(step(timeout=2 * seconds),))
        roots = str(certificate) if trusted else "/dev/null"
        verdicts = probed(
            exporter, [service(journeys=(journey,))], tmp_path, SSL_CERT_FILE=roots, SSL_CERT_DIR=str(tmp_path / "none")
        )

    assert verdicts == dict.fromkeys(("journey_front_page", "http_answers", "tls_handshakes"), trusted)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_host_over_tls_says_when_its_certificate_ends_and_nothing_once_it_is_refused(
    exporter: Tool, trusted: bool, tmp_path: Path
) -> None:
    certificate, key = certified(tmp_path)
    ends = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc.timestamp()
    with server(ANSWERS, tls=(certificate, key)) as (origin, _):
        journey = simple_journey(target=Target(name="secure", url=origin), steps=(step(), step(name="again")))
        shop = service(journeys=(journey,))
        (tmp_path / "blackbox.yml").write_text(next(f.text for f in render_fleet([shop])))
        url = f"http://127.0.0.1:{free_port()}"
        arguments = [
            f"--config.file={tmp_path / 'blackbox.yml'}",
            f"--web.listen-address={url.removeprefix('http://')}",
        ]
        roots = {"SSL_CERT_FILE": str(certificate) if trusted else "/dev/null", "SSL_CERT_DIR": str(tmp_path / "none")}
        with program(exporter, arguments, ready=f"{url}/-/healthy", env=os.environ | roots):
            pages = [
                fetch(f"{url}/probe?{urlencode({'module': p.module, 'target': p.address})}") for p in probes([shop])
            ]

    for name in (names.CERTIFICATE_ENDS, names.CHAIN_ENDS):
        said = [float(x) for page in pages for x in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", page, re.MULTILINE)]
        assert said == ([ends] * len(pages) if trusted else []), name
    assert len(pages) == 2


def certified(root: Path) -> tuple[Path, Path]:
    """Make a certificate of 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = root / "certificate.pem", root / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    return certificate, secret
