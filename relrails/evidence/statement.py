"""The decision as in-toto Statements, for programs that verify a supply chain.

Both follow from the decision and the manifest alone, so that verifying makes them again and compares.
Source of the forms: github.com/in-toto/attestation, Statement v1 and the predicate test-result v0.1.
"""

import re
from collections.abc import Mapping
from typing import Any

from relrails.evidence.manifest import MANIFEST
from relrails.evidence.values import Json

STATEMENT = "https://in-toto.io/Statement/v1"
CANARY_DECISION = "https://relrails.dev/attestation/canary-decision/v1"
GATE_DECISION = "https://relrails.dev/attestation/gate-decision/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
_DIGEST = re.compile(r"(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128})")
_RESULTS = {"ALLOW": "PASSED", "PROMOTE": "PASSED"}


def decided(decision: Mapping[str, Any], manifest_sha256: str) -> dict[str, Json]:
    """Give the statement of what was decided about the artifact."""
    return {
        "_type": STATEMENT,
        "subject": [_subject(decision, manifest_sha256)],
        "predicateType": GATE_DECISION if decision["kind"] == "gate" else CANARY_DECISION,
        "predicate": {
            "verdict": decision["verdict"],
            "verdictAuto": decision["verdict_auto"],
            "reasons": [reason["code"] for reason in decision["reasons"]],
            "policy": {"sha256": decision["policy_sha256"]},
            "manifest": {"sha256": manifest_sha256},
            "window": decision["window"],
            "timings": decision["timings"],
            "drill": decision["drill"],
        },
    }


def tested(decision: Mapping[str, Any], manifest_sha256: str) -> dict[str, Json]:
    """Give the statement of the checks that passed and failed; only a release that may go on has PASSED."""
    result = _RESULTS.get(decision["verdict"], "FAILED")
    return {
        "_type": STATEMENT,
        "subject": [_subject(decision, manifest_sha256)],
        "predicateType": TEST_RESULT,
        "predicate": {
            "result": result,
            "configuration": [{"name": "policy.json", "digest": {"sha256": decision["policy_sha256"]}}],
            "passedTests": sorted(decision["checks"]["passed"]),
            "failedTests": sorted(decision["checks"]["failed"]),
        },
    }


def _subject(decision: Mapping[str, Any], manifest_sha256: str) -> Json:
    artifact = decision["artifacts"]["canary"]
    digest = _DIGEST.fullmatch(artifact["digest"]) if artifact else None
    if digest is None:
        return {"name": MANIFEST, "digest": {"sha256": manifest_sha256}}
    return {"name": artifact["name"], "digest": {digest[1] or digest[3]: digest[2] or digest[4]}}
