"""`--sign-with`: a key by reference signs what gates write, and `evidence verify --key` holds it against one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lying_prometheus import serving
from recorded_service import answering

from relrails.cli import main


def generated(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a pair of keys as `openssl genpkey` does; gives the files of the private and the public one."""
    key = Ed25519PrivateKey.generate()
    private, public = folder / name, folder / f"{name}.pub"
    kind, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, none))
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, info))
    return private, public


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUNK", "hunter2-hunter2")
    (tmp_path / "services").mkdir()
    (tmp_path / "services/shop.py").write_text("from recorded_service import service as service\n")
    return tmp_path


@pytest.fixture
def prometheus() -> Iterator[str]:
    with serving(answering()) as server:
        yield server.url


def gate(url: str, *more: str) -> int:
    return main(["gate", "shop", "--prometheus", url, "--record", *more])


def verify(folder: Path, key: Path | None = None) -> int:
    return main(["evidence", "verify", str(folder), *(() if key is None else ("--key", str(key)))])


@pytest.mark.parametrize("way", ["file", "env"])
def test_a_gate_signs_and_verify_knows_the_key_from_any_other(
    project: Path, prometheus: str, way: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    private, public = generated(project, "ours")
    _, other = generated(project, "theirs")
    monkeypatch.setenv("RELEASE_KEY", private.read_text())

    assert gate(prometheus, "--sign-with", f"file:{private}" if way == "file" else "env:RELEASE_KEY") == 0
    assert "signed with" in capsys.readouterr().err
    (folder,) = (project / "evidence/shop").iterdir()

    assert verify(folder, public) == 0
    assert verify(folder, other) == 1
    assert "DIFFERS     signature: attestation.dsse.json: " in capsys.readouterr().out
    assert verify(folder) == 2  # who signed cannot be told without a key
    body = private.read_text().splitlines()[1]
    assert not any(body.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_each_file_that_is_changed_in_a_signed_bundle_is_found(project: Path, prometheus: str) -> None:
    private, public = generated(project, "ours")
    gate(prometheus, "--sign-with", f"file:{private}")
    (folder,) = (project / "evidence/shop").iterdir()

    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        whole = file.read_bytes()
        file.write_bytes(bytes([whole[0] ^ 1]) + whole[1:] if whole else b" ")
        assert verify(folder, public) != 0, file.name
        file.write_bytes(whole)
    assert verify(folder, public) == 0


def test_a_bundle_that_nobody_signed_does_not_pass_for_a_signed_one(project: Path, prometheus: str) -> None:
    _, public = generated(project, "ours")
    gate(prometheus)
    (folder,) = (project / "evidence/shop").iterdir()

    assert verify(folder) == 0
    assert verify(folder, public) == 1


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("-----BEGIN PRIVATE KEY-----MC4CAQ", "by reference; fix: file:<path> or env:<name>"),
        ("file:nowhere", "the key nowhere cannot be read: No such file"),
        ("env:NOBODY_HAS_SET_THIS", "no such environment variable"),
        ("env:JUNK", "env:JUNK is not a private key"),
    ],
)
@pytest.mark.parametrize("command", ["gate", "canary run", "canary recover"])
def test_a_key_that_cannot_sign_is_found_before_anything_is_asked(
    project: Path,
    command: str,
    reference: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*command.split(), "shop", "--prometheus", "http://127.0.0.1:9", "--sign-with", reference]) == 3

    err = capsys.readouterr().err
    assert said in err
    assert "MC4CAQ" not in err
    assert "hunter2" not in err
    assert not (project / "evidence").exists()
