"""What a gate says, as text, as JSON, and for GitHub."""

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from relrails.cli._evidence import Paper
from relrails.cli.override import line
from relrails.judge.gate import Finding, Verdict
from relrails.judge.override import Override
from relrails.live.gate import Examined
from relrails.overrides import Held, OverrideError, Store
from relrails.problems.report import escaped
from relrails.release import ReleaseClass
from relrails.rules import names
from relrails.service import Service

WIDTH = 110


@dataclass(frozen=True, slots=True)
class Passed:
    """What people have decided: an override that holds, why others do not, and all that are open."""

    override: Override | None = None
    rejected: tuple[tuple[Override, str], ...] = ()
    open: tuple[Override, ...] = ()
    fault: str = ""
    """Why the ledger cannot be believed."""


@dataclass(frozen=True, slots=True)
class Gated:
    """A gate's whole answer."""

    service: Service
    release: ReleaseClass
    artifact: str
    at: float
    examined: Examined
    passed: Passed

    @property
    def verdict(self) -> Verdict:
        """What the gate says by itself."""
        return self.examined.verdict

    @property
    def allowed(self) -> bool:
        """Whether the release may go out, by itself or by an override."""
        return self.verdict.allowed or self.passed.override is not None


def overridden(service: Service, artifact: str, found: Examined, folder: Path) -> Passed:
    """Look for what people have decided, and use it where it is needed."""
    store, now = Store(folder), time.time()
    try:
        held = Held(None, ())
        if not found.verdict.allowed:
            held = store.use(now=now, kinds=("gate",), service=service.name, artifact=artifact, for_="gate")
        return Passed(held.override, held.rejected, store.open(now, service.name))
    except OverrideError as error:
        return Passed(fault=str(error))


def gate_text(gated: Gated) -> str:
    """Say whether it may go out; if not, why, how bad, since when, and what must become true."""
    service, verdict, passed = gated.service, gated.verdict, gated.passed
    what = f"{service.name}, {gated.release} release" + (f" of {gated.artifact}" if gated.artifact else "")
    said = [f"{'ALLOWED' if gated.allowed else 'BLOCKED'} {what}"]
    if passed.override is not None:
        by = passed.override
        said += [f"OPERATOR_PROMOTE {by.id} by {by.by}, approved by {by.approved_by}: {by.reason}"]
        said += [f"the gate itself says {verdict.word}:"]
    said += [""]
    for finding in verdict.blocking:
        said += [*_finding(finding), ""]
    for finding in verdict.exempted:
        said += [*_finding(finding, f" (a {gated.release} release passes)"), ""]
    for finding in verdict.warnings:
        said += [*_finding(finding, " (blocks nothing)"), ""]
    if verdict.healthy:
        said += _wrapped("in order: ", ", ".join(verdict.healthy))
    said += [f"OVERRIDE_REJECTED {override.id}: {why}" for override, why in passed.rejected]
    said += [f"OVERRIDE_REJECTED: {passed.fault}"] if passed.fault else []
    said += [f"open override: {line(override)}" for override in passed.open]
    if not verdict.allowed or verdict.exempted:
        said += [f"dashboard: {names.dashboard_url(service)}", f"runbook: {service.runbook}"]
    if not gated.allowed:
        said += [f"to go on anyway: {override_command(service, gated.artifact)}"]
    return "\n".join(said).rstrip()


def override_command(service: Service, artifact: str) -> str:
    """Give the command that lets one release pass; two people and a reason."""
    digest = artifact or "sha256:…"
    return (
        f"relrails override create {service.name} --kind gate --artifact {digest} --by YOU "
        f'--approved-by SOMEBODY-ELSE --reason "…" --ttl 2h'
    )


def _finding(finding: Finding, after: str = "") -> Iterator[str]:
    cause = f" ({finding.cause})" if finding.cause is not None and finding.cause is not finding.code else ""
    yield f"{finding.about}: {finding.code}{cause}{after}"
    yield from _wrapped("  ", finding.text)
    if finding.since is not None:
        yield f"  since {_moment(finding.since)}"
    if not finding.warning:
        yield from _wrapped("  passes when ", finding.until)


def _wrapped(head: str, text: str) -> list[str]:
    from textwrap import wrap

    # A number stays with its sign.
    lines = wrap(
        text.replace(" %", "\N{NO-BREAK SPACE}%"),
        WIDTH,
        initial_indent=head,
        subsequent_indent="  " * (2 if head.strip() and head.startswith(" ") else 1),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines] or [head.rstrip()]


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%MZ")


def finding_json(finding: Finding) -> dict[str, Any]:
    """Give a finding as JSON values."""
    return {
        "code": str(finding.code),
        "kind": str(finding.code.kind),
        "about": finding.about,
        "text": finding.text,
        "until": finding.until,
        "since": None if finding.since is None else _moment(finding.since),
        "observed": finding.observed,
        "threshold": finding.threshold,
        "unit": finding.unit,
        "cause": None if finding.cause is None else str(finding.cause),
    }


def verdict_json(gated: Gated) -> dict[str, Any]:
    """Give a verdict as JSON values."""
    service, verdict, passed = gated.service, gated.verdict, gated.passed
    return {
        "verdict": "ALLOWED" if gated.allowed else "BLOCKED",
        "verdict_auto": verdict.word,
        "override": None if passed.override is None else asdict(passed.override),
        "rejected_overrides": [{"id": o.id, "why": why} for o, why in passed.rejected],
        "open_overrides": [asdict(o) for o in passed.open],
        "service": service.name,
        "release": gated.release,
        "artifact": gated.artifact,
        "at": datetime.fromtimestamp(gated.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "blocking": [finding_json(finding) for finding in verdict.blocking],
        "exempted": [finding_json(finding) for finding in verdict.exempted],
        "warnings": [finding_json(finding) for finding in verdict.warnings],
        "in_order": list(verdict.healthy),
        "dashboard": names.dashboard_url(service),
        "runbook": service.runbook,
    }


def say_github(gated: Gated, text: str) -> None:
    """Print annotations, and add the whole text to the summary of the step where GitHub has named its file."""
    verdict = gated.verdict
    title = escaped(f"gate {gated.service.name}", ":,")
    blocking = "warning" if gated.allowed else "error"
    for command, findings in ((blocking, verdict.blocking), ("warning", (*verdict.exempted, *verdict.warnings))):
        for finding in findings:
            said = f"{finding.about}: {finding.code}\n{finding.text}\npasses when {finding.until}"
            click.echo(f"::{command} title={title}::{escaped(said)}")
    if gated.allowed:
        click.echo(f"::notice title={title}::{escaped(text.splitlines()[0])}")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        from relrails.render.runbook.markdown import code_block

        with Path(summary).open("a", encoding="utf-8") as file:
            word = "ALLOWED" if gated.allowed else "BLOCKED"
            file.write(f"### relrails gate: {word}\n\n{code_block(text, 'text')}\n")


def record(gated: Gated, paper: Paper) -> None:
    """Write the evidence of a gate."""
    from uuid import uuid4

    from relrails.cli._canary_record import queries
    from relrails.evidence import (
        Artifact,
        Bundle,
        Decision,
        Timings,
        reasons_of_gate,
        recorded_gate,
        word_of_gate,
    )

    at = datetime.fromtimestamp(gated.at, UTC)
    policy, windows = recorded_gate(gated.examined.facts)
    word = word_of_gate(gated.verdict)
    envs = sorted({journey.env for journey in gated.service.journeys})
    bundle = Bundle(
        decision=Decision(
            id=f"gate-{uuid4().hex[:16]}",
            service=gated.service.name,
            kind="gate",
            verdict="ALLOW" if gated.allowed else "BLOCK",
            verdict_auto=word,
            state="ALLOWED" if gated.allowed else "BLOCKED",
            reasons=reasons_of_gate(gated.verdict),
            started=at,
            timings=Timings(decided=at),
            env=", ".join(envs) or "production",
            canary=Artifact(name=gated.service.name, digest=gated.artifact) if gated.artifact else None,
        ),
        policy=policy,
        windows=windows,
        queries=list(queries(gated.examined.replies)),
        override=None if gated.passed.override is None else asdict(gated.passed.override),
    )
    paper.write(bundle)
