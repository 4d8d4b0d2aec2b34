"""A run in words, as JSON, and as JUnit; a `Run` has been redacted, so that nothing here can tell a secret."""

import json
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from relrails.live.probe.outcome import Run, StepRun


def to_dict(run: Run) -> dict[str, Any]:
    """Give a run as JSON values."""
    failed = run.failed
    return {
        "journey": run.plan.journey,
        "env": run.plan.env,
        "owner": run.plan.owner,
        "runbook": run.plan.runbook,
        "trace_id": run.trace_id,
        "started": when(run.started),
        "seconds": round(run.seconds, 6),
        "outcome": run.outcome,
        "step": None if failed is None else failed.name,
        "reason": None if failed is None else failed.reason,
        "text": None if failed is None else failed.text,
        "retries": run.retries,
        "left_over": run.left_over,
        "steps": [step_dict(step) for step in run.steps],
    }


def step_dict(step: StepRun) -> dict[str, Any]:
    """Give a step as JSON values."""
    return {
        "step": step.name,
        "request": step.request,
        "span_id": step.span_id,
        "started": when(step.started),
        "seconds": round(step.seconds, 6),
        "phases": {phase: round(seconds, 6) for phase, seconds in step.phases.items()},
        "status": step.status,
        "scored": step.scored,
        "reason": step.reason,
        "text": step.text,
        "expected": step.expected,
        "body": step.body,
        "attempts": list(step.attempts),
    }


def text(run: Run) -> str:
    """Say how a run went, for somebody who was called at night."""
    lines = [f"{run.plan.journey} ({run.plan.env}): {run.outcome} after {run.seconds:.2f} s, {when(run.started)}"]
    failed = run.failed
    if failed is not None:
        lines.append(f"failed at step {failed.name}: {failed.reason}: {failed.text.strip()}")
    lines += [f"trace id {run.trace_id}, owner {run.plan.owner}, runbook {run.plan.runbook}", ""]
    for step in run.steps:
        state = "ok" if step.reason is None else f"{step.reason}: {step.text.strip()}"
        status = "" if step.status is None else f" -> {step.status}"
        lines.append(f"  {step.name}: {step.request}{status}, {step.seconds * 1000:.0f} ms: {state}")
        lines += [f"    before that: {attempt}" for attempt in step.attempts]
        if step.reason is not None:
            spent = (f"{phase} {seconds * 1000:.1f} ms" for phase, seconds in step.phases.items() if seconds)
            lines.append(f"    phases: {', '.join(spent) or 'none'}")
            lines += [f"    | {line}" for line in step.body.splitlines()]
    if run.left_over:
        lines.append("  the clean-up did not succeed, and is tried again after the next runs")
    return "\n".join(lines) + "\n"


def as_json(run: Run) -> str:
    """Give a run as JSON text."""
    return json.dumps(to_dict(run), indent=2, ensure_ascii=False) + "\n"


def junit(run: Run) -> str:
    """Give a run as JUnit reads it: a suite with a case for each step."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{_suite(run)}</testsuites>\n'


def when(unix: float) -> str:
    """Write a time as RFC 3339."""
    return datetime.fromtimestamp(unix, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _suite(run: Run) -> str:
    own = [step for step in run.steps if step.reason is not None and run.outcome == "error"]
    bad = [step for step in run.steps if step.reason is not None and run.outcome != "error"]
    head = (
        f"name={_attribute(run.plan.journey)} tests={_attribute(len(run.steps))} failures={_attribute(len(bad))} "
        f"errors={_attribute(len(own))} time={_attribute(f'{run.seconds:.3f}')} "
        f"timestamp={_attribute(when(run.started))}"
    )
    trace = f'  <properties><property name="trace_id" value={_attribute(run.trace_id)}/></properties>\n'
    return f"<testsuite {head}>\n{trace}{''.join(_case(run, step) for step in run.steps)}</testsuite>\n"


def _case(run: Run, step: StepRun) -> str:
    seconds = f"{step.seconds:.3f}"
    head = f"classname={_attribute(run.plan.journey)} name={_attribute(step.name)} time={_attribute(seconds)}"
    if step.reason is None:
        return f"  <testcase {head}/>\n"
    kind = "error" if run.outcome == "error" else "failure"
    said = f"type={_attribute(step.reason)} message={_attribute(step.text)}"
    return f"  <testcase {head}><{kind} {said}/></testcase>\n"


def _attribute(value: object) -> str:
    """Quote a value; XML has no sign for most control characters, not even as numbers."""
    return quoteattr("".join(c if c.isprintable() or c in "\t\n" else "\ufffd" for c in str(value)))
