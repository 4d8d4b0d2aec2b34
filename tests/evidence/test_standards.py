"""What is written for other programs is what those programs read: CDEvents, in-toto, DSSE."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from evidence.bundles import DIGEST, NOON, bundle, changed, events, written
from relrails.evidence import Artifact, EvidenceError, Signer, Timings, write
from relrails.evidence.printing import json_bytes
from relrails.evidence.signing import preauthentication, public_key
from relrails.evidence.verifying import Against, verify
from relrails.judge.canary import Acted

CDEVENTS = Path(__file__).parents[2].parent / "shared" / "corpus" / "cdevents"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
HEALTHY = [*events(0.6, 40), Acted(kind="promote", result="done", at=2500)]


def document(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_bytes())


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    """CDEvents' published schemas by the type of event, with what they refer to."""
    if not CDEVENTS.is_dir():
        pytest.skip(f"the schemas of CDEvents are not in {CDEVENTS.parent.name}/{CDEVENTS.name}")
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    loaded = [json.loads(p.read_bytes()) for p in sorted(CDEVENTS.glob("schemas/**/*.json"))]
    registry: Registry[Any] = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in loaded)
    formats = Draft202012Validator.FORMAT_CHECKER
    return {
        kind: Draft202012Validator(schema, registry=registry, format_checker=formats)
        for schema in loaded
        if "context" in schema.get("properties", ())
        for kind in schema["properties"]["context"]["properties"]["type"]["enum"]
    }


@pytest.mark.parametrize(
    ("made", "kind", "outcome"),
    [
        (bundle(), "dev.cdevents.service.rolledback.0.3.0", None),
        (changed(bundle(), timings=Timings(decided=NOON)), "dev.cdevents.testsuiterun.finished.0.3.0", "failure"),
        (bundle(happened=HEALTHY), "dev.cdevents.testsuiterun.finished.0.3.0", "success"),
        (changed(bundle(), kind="gate", verdict="BLOCK"), "dev.cdevents.testsuiterun.finished.0.3.0", "failure"),
        (changed(bundle(), kind="gate", verdict="ALLOW"), "dev.cdevents.testsuiterun.finished.0.3.0", "success"),
        (changed(bundle(), verdict="INCONCLUSIVE"), "dev.cdevents.testsuiterun.finished.0.3.0", "error"),
        (changed(bundle(), canary=None, stable=None), "dev.cdevents.testsuiterun.finished.0.3.0", "failure"),
    ],
)
def test_the_event_is_what_cdevents_publishes(
    tmp_path: Path, schemas: dict[str, Any], made: Any, kind: str, outcome: str | None
) -> None:
    event = document(write(made, tmp_path), "event.cdevents.json")

    assert event["context"]["type"] == kind
    assert event["subject"]["content"].get("outcome") == outcome
    schemas[kind].validate(event)


def test_the_schemas_refuse_what_is_no_event(schemas: dict[str, Any], tmp_path: Path) -> None:
    event = document(write(bundle(), tmp_path), "event.cdevents.json")
    validator = schemas[event["context"]["type"]]

    assert validator.is_valid(event)
    assert not validator.is_valid({**event, "extra": 1})
    assert not validator.is_valid({**event, "context": {**event["context"], "id": ""}})


def test_the_conformance_events_are_valid_by_the_same_schemas(schemas: dict[str, Any]) -> None:
    for file in sorted(CDEVENTS.glob("conformance/*.json")):
        event = json.loads(file.read_bytes())
        schemas[event["context"]["type"]].validate(event)


@pytest.mark.parametrize("name", ["statement.intoto.json", "test-result.intoto.json"])
def test_in_toto_reads_the_statements(tmp_path: Path, name: str) -> None:
    from google.protobuf import json_format
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.statement import Statement

    (folder,) = written(tmp_path)
    read = json_format.Parse((folder / name).read_text(), statement_pb2.Statement())
    statement = Statement.copy_from_pb(read)

    statement.validate()
    assert [dict(s.digest) for s in read.subject] == [{"sha256": DIGEST.removeprefix("sha256:")}]


def test_in_toto_reads_the_test_result(tmp_path: Path) -> None:
    from google.protobuf import json_format
    from in_toto_attestation.predicates.test_result.v0 import test_result_pb2

    (folder,) = written(tmp_path)
    predicate = document(folder, "test-result.intoto.json")["predicate"]
    read = json_format.ParseDict(predicate, test_result_pb2.TestResult())

    assert read.result == "FAILED"
    assert list(read.failed_tests) == ["availability"]
    assert len(read.configuration) == 1


def test_only_a_release_that_may_go_on_has_passed(tmp_path: Path) -> None:
    verdicts = ("PROMOTE", "ALLOW", "ROLLBACK", "BLOCK", "INCONCLUSIVE", "HOLD", "promote", "")

    results = {
        verdict: document(write(changed(bundle(), id=f"run{n}", verdict=verdict), tmp_path), "test-result.intoto.json")
        for n, verdict in enumerate(verdicts)
    }

    passed = {verdict for verdict, told in results.items() if told["predicate"]["result"] == "PASSED"}
    assert passed == {"PROMOTE", "ALLOW"}


@pytest.mark.parametrize("digest", ["latest", "sha256:123", "md5:0b31b1c02ff458ad9b7b81cbdf8f028b", ""])
def test_without_a_real_digest_the_statement_is_about_the_manifest(tmp_path: Path, digest: str) -> None:
    folder = write(changed(bundle(), canary=Artifact(name="core-api", digest=digest)), tmp_path)

    (subject,) = document(folder, "statement.intoto.json")["subject"]
    assert subject["name"] == "MANIFEST.sha256"
    assert verify(folder).ok is True


def key_file(folder: Path, key: Any, *, public: bool = False, form: str = "PEM") -> Path:
    file = folder / f"key-{form}-{public}"
    encoding = serialization.Encoding.OpenSSH if public and form == "OpenSSH" else serialization.Encoding.PEM
    if public:
        kind = serialization.PublicFormat.SubjectPublicKeyInfo if form == "PEM" else serialization.PublicFormat.OpenSSH
        file.write_bytes(key.public_key().public_bytes(encoding, kind))
    else:
        private = serialization.PrivateFormat.PKCS8 if form == "PEM" else serialization.PrivateFormat.OpenSSH
        file.write_bytes(key.private_bytes(encoding, private, serialization.NoEncryption()))
    return file


@pytest.mark.parametrize("form", ["PEM", "OpenSSH"])
def test_a_signed_bundle_verifies_with_the_key_and_with_no_other(tmp_path: Path, form: str) -> None:
    signer = Signer.load(f"file:{key_file(tmp_path, KEY, form=form)}")
    folder = write(bundle(), tmp_path / "root", signer=signer)

    right = public_key(key_file(tmp_path, KEY, public=True, form=form))
    wrong = Ed25519PrivateKey.from_private_bytes(b"x" * 32).public_key()

    assert verify(folder, Against(key=right)).ok is True
    assert verify(folder, Against(key=wrong)).ok is False
    assert verify(folder).ok is None
    assert "is signed with the ed25519 key" in (folder / "report.md").read_text()


def test_the_envelope_is_signed_as_dsse_says(tmp_path: Path) -> None:
    folder = write(bundle(), tmp_path, signer=Signer(KEY))
    envelope = document(folder, "attestation.dsse.json")
    payload = base64.b64decode(envelope["payload"])
    signature = base64.b64decode(envelope["signatures"][0]["sig"])

    assert payload == (folder / "statement.intoto.json").read_bytes()
    assert preauthentication(b"hi") == b"DSSEv1 28 application/vnd.in-toto+json 2 hi"
    KEY.public_key().verify(signature, preauthentication(payload))
    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(signature, payload)


def test_a_key_that_is_asked_for_is_not_answered_by_an_unsigned_bundle(tmp_path: Path) -> None:
    (folder,) = written(tmp_path)

    assert verify(folder, Against(key=KEY.public_key())).ok is False


def test_a_signature_by_somebody_else_is_found(tmp_path: Path) -> None:
    folder = write(bundle(), tmp_path, signer=Signer(KEY))
    other = Signer(Ed25519PrivateKey.from_private_bytes(b"x" * 32))
    for name, payload in (("attestation", "statement"), ("test-result", "test-result")):
        (folder / f"{name}.dsse.json").write_bytes(other.envelope((folder / f"{payload}.intoto.json").read_bytes()))

    assert verify(folder, Against(key=KEY.public_key())).ok is False
    assert verify(folder).ok is False


def test_a_signature_of_other_bytes_under_the_right_name_is_found(tmp_path: Path) -> None:
    folder = write(bundle(), tmp_path, signer=Signer(KEY))
    envelope = document(folder, "attestation.dsse.json")
    envelope["signatures"][0]["sig"] = base64.b64encode(KEY.sign(b"something else")).decode()
    (folder / "attestation.dsse.json").write_bytes(json_bytes(envelope))

    found = verify(folder, Against(key=KEY.public_key()))

    assert any(f.check == "signature" and "not of these bytes" in f.text for f in found.findings)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("rsa:x", "by reference; fix: file:<path> or env:<name>"),
        ("file:", "by reference"),
        ("-----BEGIN PRIVATE KEY-----", "by reference"),
        ("file:/nowhere/key", "cannot be read: No such file"),
        ("file:/dev/zero", "is not a private key"),
        ("env:NOBODY_HAS_SET_THIS", "no such environment variable"),
    ],
)
def test_a_signer_that_cannot_be_says_why(told: str, said: str) -> None:
    with pytest.raises(EvidenceError, match=said):
        Signer.load(told)


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    rsa = key_file(tmp_path, generate_private_key(65537, 2048))
    junk = tmp_path / "junk"
    junk.write_text("hello")

    with pytest.raises(EvidenceError, match="not an ed25519 key"):
        Signer.load(f"file:{rsa}")
    with pytest.raises(EvidenceError, match="not a private key"):
        Signer.load(f"file:{junk}")
    with pytest.raises(EvidenceError, match="not a public key"):
        public_key(junk)
