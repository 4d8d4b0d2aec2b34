"""The decision as a CDEvent, for programs that follow a delivery: cdevents.dev, version 0.5.1."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from relrails.evidence.values import Json

SPECIFICATION = "0.5.1"
_OUTCOMES = {"ALLOW": "success", "PROMOTE": "success", "BLOCK": "failure", "DENY": "failure", "ROLLBACK": "failure"}


def event(decision: Mapping[str, Any]) -> dict[str, Json]:
    """Give service.rolledback where a rollback was done, and testsuiterun.finished for every other decision.

    A rollback that was decided and failed has not rolled anything back, and does not say so.
    """
    rolled_back = decision["verdict"] == "ROLLBACK" and decision["timings"]["acted"] is not None
    canary = decision["artifacts"]["canary"]
    if rolled_back and canary is not None:
        kind, content = "service.rolledback", _rolled_back(decision)
    else:
        kind, content = "testsuiterun.finished", _finished(decision)
    source = f"/relrails/{decision['kind']}/{quote(decision['service'], safe='')}"
    return {
        "context": {
            "specversion": SPECIFICATION,
            "id": decision["id"],
            "source": source,
            "type": f"dev.cdevents.{kind}.0.3.0",
            "timestamp": decision["timings"]["acted"] or decision["timings"]["decided"],
        },
        "subject": {"id": decision["service"], "source": source, "content": content},
        "customData": {
            "schema": decision["schema"],
            "verdict": decision["verdict"],
            "verdict_auto": decision["verdict_auto"],
            "reasons": [reason["code"] for reason in decision["reasons"]],
            "drill": decision["drill"],
        },
        "customDataContentType": "application/json",
    }


def _rolled_back(decision: Mapping[str, Any]) -> dict[str, Json]:
    # What runs again after a rollback is the stable artifact; where nobody named it, the one that was withdrawn.
    artifact = decision["artifacts"]["stable"] or decision["artifacts"]["canary"]
    return {"environment": {"id": decision["env"]}, "artifactId": package_url(artifact)}


def _finished(decision: Mapping[str, Any]) -> dict[str, Json]:
    outcome = _OUTCOMES.get(decision["verdict"], "error")
    reasons = decision["reasons"]
    return {
        "environment": {"id": decision["env"]},
        "outcome": outcome,
        **({"severity": "high"} if outcome == "failure" else {}),
        **({"reason": reasons[0]["text"]} if reasons and outcome != "success" else {}),
        "testSuite": {"id": decision["policy_sha256"], "name": f"{decision['kind']} of {decision['service']}"},
    }


def package_url(artifact: Mapping[str, str]) -> str:
    """Give the package URL of a container image; source of the form: github.com/package-url/purl-spec."""
    name = artifact["name"].rpartition("/")[2].split("@")[0].split(":")[0].lower()
    return f"pkg:oci/{quote(name, safe='')}@{quote(artifact['digest'], safe='')}"
