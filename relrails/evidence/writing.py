"""Writing a bundle: redact, print, hash, sign, commit; in this order."""

import hashlib
import re
from datetime import UTC
from pathlib import Path
from typing import Any, cast

from relrails.evidence import documents, ledger, statement
from relrails.evidence.committing import commit
from relrails.evidence.event import event
from relrails.evidence.manifest import MANIFEST, manifest_of, sha256
from relrails.evidence.printing import json_bytes, lines, plain
from relrails.evidence.redacting import Redaction, Redactor
from relrails.evidence.report import report
from relrails.evidence.signing import Signer
from relrails.evidence.values import Bundle, Decision, EvidenceError, Json

LARGEST_RESPONSE = 256 * 1024
"""Bytes of one answer that are kept."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


def write(
    bundle: Bundle,
    root: Path,
    *,
    redaction: Redaction | None = None,
    signer: Signer | None = None,
    largest_response: int = LARGEST_RESPONSE,
) -> Path:
    """Write a bundle below `root`, whole or not at all, and its line into the ledger; gives the bundle's folder.

    Nothing is written that was not redacted first. Raises EvidenceError for a bundle that cannot be printed or is
    there already, OSError for a disk that will not have it, and `relrails.output.Refused` where another run holds the
    root for two minutes. Call it after the release was promoted or rolled back, never before.
    """
    path = place_of(bundle.decision)
    files = printed(bundle, redaction or Redaction(), signer.keyid if signer else None, largest_response)
    told = decision_of(files)
    files[MANIFEST] = manifest_of(files)
    files |= sealed(told, files[MANIFEST], signer)
    return commit(root, path, files, lambda number, previous: ledger.entry(number, previous, path, told, files))


def place_of(decision: Decision) -> str:
    """Give the folder of a bundle, relative to the root: `<service>/<time of decision>-<first 8 of the id's hash>`."""
    if not _NAME.fullmatch(decision.service):
        raise EvidenceError(f"the service {decision.service!a} cannot name a folder; fix: a-z, 0-9, '.', '_' and '-'")
    if not _ID.fullmatch(decision.id):
        raise EvidenceError(f"the id {decision.id!a} cannot name a run; fix: letters, digits, '.', '_', ':' and '-'")
    decided = decision.timings.decided
    if decided.tzinfo is None:
        raise EvidenceError("the time of the decision has no time zone; fix: datetime.now(UTC)")
    short = hashlib.sha256(decision.id.encode()).hexdigest()[:8]
    return f"{decision.service}/{decided.astimezone(UTC):%Y%m%dT%H%M%SZ}-{short}"


def printed(bundle: Bundle, redaction: Redaction, signer: str | None, largest_response: int) -> dict[str, bytes]:
    """Print every file that the manifest lists; nothing secret is in any of them."""
    redactor = Redactor(redaction)

    def clean(name: str, value: object) -> Json:
        return redactor.document(name, plain(value))

    files = {"policy.json": json_bytes(clean("policy.json", bundle.policy))}
    kept = []
    for asked, answer in zip(
        bundle.queries, documents.answers(bundle.queries, redactor, largest_response), strict=True
    ):
        data = None if answer is None else json_bytes(answer)
        if data is not None:
            files[f"responses/{sha256(data)}.json"] = data
        kept.append(clean("queries.jsonl", documents.query(asked, None if data is None else sha256(data))))
    files["queries.jsonl"] = lines(kept)
    for name, entries in documents.told_by(bundle).items():
        files[name] = lines(clean(name, entry) for entry in cast("list[Json]", entries))
    if bundle.override is not None:
        files["override.json"] = json_bytes(clean("override.json", bundle.override))
    decision = clean("decision.json", documents.decision(bundle.decision, sha256(files["policy.json"]), signer))
    files["decision.json"] = json_bytes(decision)
    told = cast("dict[str, Any]", decision)
    files["event.cdevents.json"] = json_bytes(event(told))
    files["report.md"] = report(told, files).encode()
    files["redactions.json"] = json_bytes({"counts": dict(redactor.counts), "shown_labels": sorted(redaction.labels)})
    return files


def sealed(decision: dict[str, Any], manifest: bytes, signer: Signer | None) -> dict[str, bytes]:
    """Print what speaks of the manifest: the statements, and their signatures."""
    digest = sha256(manifest)
    found = {
        "statement.intoto.json": json_bytes(statement.decided(decision, digest)),
        "test-result.intoto.json": json_bytes(statement.tested(decision, digest)),
    }
    if signer is not None:
        found["attestation.dsse.json"] = signer.envelope(found["statement.intoto.json"])
        found["test-result.dsse.json"] = signer.envelope(found["test-result.intoto.json"])
    return found


def decision_of(files: dict[str, bytes]) -> dict[str, Any]:
    """Read the decision back as it was printed."""
    import json

    found: dict[str, Any] = json.loads(files["decision.json"])
    return found
