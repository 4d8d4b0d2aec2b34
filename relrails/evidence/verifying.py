"""Whether a bundle is still what was written, and still says what its own counts say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relrails.evidence import chain, reading, replaying, signing, statement
from relrails.evidence.ledger import LEDGER
from relrails.evidence.manifest import MANIFEST, SEALS, sha256
from relrails.evidence.manifest import read as read_manifest
from relrails.evidence.printing import json_bytes
from relrails.evidence.reading import ALWAYS, Stored
from relrails.evidence.values import EvidenceError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNED = {"attestation.dsse.json": "statement.intoto.json", "test-result.dsse.json": "test-result.intoto.json"}
"""Each envelope, and the statement that it holds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check came to: `ok` is None where it could not tell."""

    check: str
    ok: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """All findings of a bundle, at least one for each check."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool | None:
        """True where everything holds, False where something differs, None where something cannot be told."""
        found = {finding.ok for finding in self.findings}
        return False if False in found else None if None in found else True


@dataclass(frozen=True, kw_only=True, slots=True)
class Against:
    """What a bundle is held against: the ledger, a head that was told elsewhere, and the key that must have signed."""

    ledger: Path | None = None
    head: str | None = None
    key: "Ed25519PublicKey | None" = None


def verify(folder: Path, against: Against | None = None) -> Verification:
    """Check a bundle; raises EvidenceError where there is no bundle to check."""
    folder = folder.resolve()
    return Verification(tuple(examine(folder, reading.read(folder), against or Against())))


def examine(folder: Path, stored: Stored, against: Against) -> Iterator[Finding]:
    """Check what was read from a bundle's folder, the cheapest first."""
    yield from _checked("manifest", lambda: _manifest(stored))
    try:
        decision = reading.decision(stored.files.get("decision.json", b""))
    except EvidenceError as error:
        yield Finding("decision", False, str(error))
        yield from (Finding(check, None, "there is no decision to hold it against") for check in _NEED_IT)
        return
    yield from _checked("decision", lambda: _decision(stored, decision))
    yield from _checked("statements", lambda: _statements(stored, decision))
    yield from _checked("signature", lambda: _signature(stored, decision, against.key))
    yield from _checked("ledger", lambda: _ledger(folder, stored, decision, against))
    yield from _checked("verdict", lambda: _verdict(stored, decision))


_NEED_IT = ("statements", "signature", "ledger", "verdict")


def _checked(check: str, run: Callable[[], Iterator[tuple[bool | None, str]]]) -> list[Finding]:
    try:
        return [Finding(check, ok, text) for ok, text in run()]
    except EvidenceError as error:
        return [Finding(check, False, str(error))]


def _manifest(stored: Stored) -> Iterator[tuple[bool | None, str]]:
    if MANIFEST not in stored.files:
        yield False, f"{MANIFEST} is missing"
        return
    listed = read_manifest(stored.files[MANIFEST])
    there = stored.files.keys() - {MANIFEST, *SEALS}
    faults = [f"{path} is neither a file nor a folder of files" for path in stored.odd]
    faults += [f"{path} is missing" for path in sorted(listed.keys() - there)]
    faults += [f"{path} was added" for path in sorted(there - listed.keys())]
    faults += [f"{path} is not listed" for path in sorted(ALWAYS - listed.keys())]
    faults += [f"{path} was changed" for path in sorted(listed.keys() & there) if _hash(stored, path) != listed[path]]
    yield from ((False, fault) for fault in faults)
    if not faults:
        yield True, f"{len(listed)} files, each as it was written"


def _decision(stored: Stored, decision: dict[str, Any]) -> Iterator[tuple[bool | None, str]]:
    faults = []
    if "policy.json" in stored.files and decision["policy_sha256"] != _hash(stored, "policy.json"):
        faults.append("policy.json is not the policy of this decision")
    answers = {f"responses/{_hash(stored, path)}.json": path for path in stored.files if path.startswith("responses/")}
    faults += [f"{path} is not named after what it holds" for name, path in sorted(answers.items()) if name != path]
    for number, asked in enumerate(reading.entries(stored.files.get("queries.jsonl", b""), "queries.jsonl"), start=1):
        digest = asked.get("response_sha256") if isinstance(asked, dict) else ""
        if digest is not None and f"responses/{digest}.json" not in stored.files:
            faults.append(f"the answer to query {number} is not there")
    for name in ("policy.json", "event.cdevents.json", "redactions.json", "override.json"):
        if name in stored.files:
            reading.document(stored.files[name], name)
    for name in ("timeline.jsonl", "actions.jsonl", "windows.jsonl"):
        reading.entries(stored.files.get(name, b""), name)
    if (
        decision["verdict"] not in {decision["verdict_auto"], replaying.UNDECIDED}
        and "override.json" not in stored.files
    ):
        faults.append("the verdict is not the judge's, and there is no override.json that says whose it is")
    yield from ((False, fault) for fault in faults)
    if not faults:
        drill = ", in a drill" if decision["drill"] else ""
        yield True, f"{decision['verdict']} for {decision['service']}, {decision['timings']['decided']}{drill}"


def _statements(stored: Stored, decision: dict[str, Any]) -> Iterator[tuple[bool | None, str]]:
    digest = sha256(stored.files.get(MANIFEST, b""))
    wanted = {
        "statement.intoto.json": json_bytes(statement.decided(decision, digest)),
        "test-result.intoto.json": json_bytes(statement.tested(decision, digest)),
    }
    wrong = [name for name, data in sorted(wanted.items()) if stored.files.get(name) != data]
    yield from ((False, f"{name} does not say what the decision and the manifest say") for name in wrong)
    if not wrong:
        yield True, "they say what the decision and the manifest say"


def _signature(
    stored: Stored, decision: dict[str, Any], key: "Ed25519PublicKey | None"
) -> Iterator[tuple[bool | None, str]]:
    signer, there = decision["signer"], [name for name in SIGNED if name in stored.files]
    if signer is None:
        yield from ((False, f"{name} is there, and the decision says that nobody signed") for name in there)
        if not there:
            unsigned = "unsigned: who wrote it cannot be shown"
            yield (True, unsigned) if key is None else (False, "it is unsigned, and a key was given to check with")
        return
    for name, payload in SIGNED.items():
        if name not in stored.files:
            yield False, f"{name} is missing, and the decision says that {signer[:16]}… signed"
            continue
        yield _envelope(name, stored.files[name], stored.files.get(payload, b""), signer, key)


def _envelope(
    name: str, envelope: bytes, payload: bytes, signer: str, key: "Ed25519PublicKey | None"
) -> tuple[bool | None, str]:
    fault = signing.shape_fault(envelope, payload, signer) or (key and signing.check(envelope, payload, key))
    if fault:
        return False, f"{name}: {fault}"
    if key is None:
        return None, f"{name} names the key {signer[:16]}…; fix: --key FILE of that public key"
    return True, f"{name} is signed with {signer[:16]}…"


def _ledger(folder: Path, stored: Stored, decision: dict[str, Any], told: Against) -> Iterator[tuple[bool | None, str]]:
    file = told.ledger or folder.parent.parent / LEDGER
    return chain.check(file, f"{folder.parent.name}/{folder.name}", decision, stored.files, told.head)


def _verdict(stored: Stored, decision: dict[str, Any]) -> Iterator[tuple[bool | None, str]]:
    policy = reading.document(stored.files.get("policy.json", b""), "policy.json")
    windows = reading.entries(stored.files.get("windows.jsonl", b""), "windows.jsonl")
    unable = replaying.unable(decision, policy)
    if unable is not None:
        yield None, unable
        return
    found = replaying.differences(decision, policy, windows)
    yield from ((False, difference) for difference in found[:20])
    if len(found) > 20:
        yield False, f"and {len(found) - 20} more"
    if not found:
        said = decision["verdict_auto"] or "undecided until the override"
        yield True, f"judged again from {len(windows)} stored windows: {said}, with the same numbers"


def _hash(stored: Stored, path: str) -> str:
    return sha256(stored.files[path])
