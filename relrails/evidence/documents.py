"""A bundle as documents: which file holds what, before anything is redacted."""

from collections.abc import Sequence

from relrails.evidence.printing import moment
from relrails.evidence.redacting import Redactor
from relrails.evidence.values import (
    DECISION_SCHEMA,
    Action,
    Artifact,
    Bundle,
    Decision,
    Json,
    Query,
    Reason,
    Timings,
    Transition,
)


def decision(told: Decision, policy_sha256: str, signer: str | None) -> dict[str, Json]:
    """Give decision.json; `signer` is the key id of the signature that will be beside it."""
    return {
        "schema": DECISION_SCHEMA,
        "id": told.id,
        "service": told.service,
        "kind": told.kind,
        "mode": told.mode,
        "verdict": told.verdict,
        "verdict_auto": told.verdict_auto,
        "state": told.state,
        "reasons": [_reason(reason) for reason in told.reasons],
        "policy_sha256": policy_sha256,
        "window": {"start": moment(told.started), "end": moment(told.timings.decided)},
        "artifacts": {"canary": _artifact(told.canary), "stable": _artifact(told.stable)},
        "env": told.env,
        "ids": dict(told.ids),
        "timings": _timings(told.timings),
        "checks": {"passed": list(told.passed), "failed": list(told.failed)},
        "drill": told.drill,
        "signer": signer,
    }


def _reason(reason: Reason) -> Json:
    return {
        "code": reason.code,
        "class": reason.kind,
        "text": reason.text,
        "check": reason.check,
        "observed": reason.observed,
        "threshold": reason.threshold,
        "units": reason.units,
        "window": reason.window,
        "evidence_ref": reason.evidence_ref,
    }


def _artifact(artifact: Artifact | None) -> Json:
    return None if artifact is None else {"name": artifact.name, "digest": artifact.digest}


def _timings(timings: Timings) -> Json:
    times = {
        "first_bad": timings.first_bad,
        "decided": timings.decided,
        "acted": timings.acted,
        "restored": timings.restored,
    }
    return {name: None if at is None else moment(at) for name, at in times.items()}


def query(asked: Query, response: str | None) -> Json:
    """Give a line of queries.jsonl; `response` is the hash under which the answer is kept."""
    return {
        "promql": asked.promql,
        "at": moment(asked.at),
        "url": asked.url,
        "status": asked.status,
        "error": asked.error,
        "warnings": list(asked.warnings),
        "milliseconds": asked.milliseconds,
        "response_sha256": response,
    }


def transition(step: Transition) -> Json:
    """Give a line of timeline.jsonl."""
    return {"at": moment(step.at), "from": step.old, "to": step.new, "reason": step.reason, "actor": step.actor}


def action(done: Action) -> Json:
    """Give a line of actions.jsonl."""
    return {
        "name": done.name,
        "argv": list(done.argv),
        "start": moment(done.started),
        "end": moment(done.ended),
        "exit_code": done.exit_code,
        "output_tail": done.output[-4096:],
    }


def answers(queries: Sequence[Query], redactor: Redactor, limit: int) -> list[Json]:
    """Give the redacted answer to every query, None where there was none."""
    place = "responses/*#"
    return [None if asked.body is None else redactor.body(asked.body, place, limit) for asked in queries]


def told_by(bundle: Bundle) -> dict[str, Json]:
    """Give the documents that are a list of entries, by the name of their file."""
    return {
        "windows.jsonl": list(bundle.windows),
        "timeline.jsonl": [transition(step) for step in bundle.timeline],
        "actions.jsonl": [action(done) for done in bundle.actions],
    }
