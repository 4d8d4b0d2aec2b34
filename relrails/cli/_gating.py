"""What a gate says, as text, as JSON, and for GitHub."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from relrails.judge.gate import Finding, Verdict
from relrails.problems.report import escaped
from relrails.rules import names
from relrails.service import Service

WIDTH = 110


def gate_text(service: Service, release: str, artifact: str, verdict: Verdict, more: Sequence[str] = ()) -> str:
    """Say whether it may go out; if not, why, how bad, since when, and what must become true."""
    what = f"{service.name}, {release} release" + (f" of {artifact}" if artifact else "")
    said = [f"{verdict.word} {what}", ""]
    for finding in verdict.blocking:
        said += [*_finding(finding), ""]
    for finding in verdict.exempted:
        said += [*_finding(finding, f" (a {release} release passes)"), ""]
    for finding in verdict.warnings:
        said += [*_finding(finding, " (blocks nothing)"), ""]
    said += more
    if verdict.healthy:
        said += _wrapped("in order: ", ", ".join(verdict.healthy))
    if not verdict.allowed or verdict.exempted:
        said += [f"dashboard: {names.dashboard_url(service)}", f"runbook: {service.runbook}"]
    if not verdict.allowed:
        said += [f"to go on anyway: {override_command(service, artifact)}"]
    return "\n".join(said).rstrip()


def override_command(service: Service, artifact: str) -> str:
    """Give the command that lets one release pass; two people and a reason."""
    digest = artifact or "sha256:…"
    return (
        f"relrails override create --service {service.name} --kind gate --artifact {digest} --by YOU "
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


def verdict_json(service: Service, release: str, artifact: str, at: float, verdict: Verdict) -> dict[str, Any]:
    """Give a verdict as JSON values."""
    return {
        "verdict": verdict.word,
        "service": service.name,
        "release": release,
        "artifact": artifact,
        "at": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "blocking": [finding_json(finding) for finding in verdict.blocking],
        "exempted": [finding_json(finding) for finding in verdict.exempted],
        "warnings": [finding_json(finding) for finding in verdict.warnings],
        "in_order": list(verdict.healthy),
        "dashboard": names.dashboard_url(service),
        "runbook": service.runbook,
    }


def say_github(service: Service, verdict: Verdict, text: str) -> None:
    """Print annotations, and add the whole text to the summary of the step where GitHub has named its file."""
    title = escaped(f"gate {service.name}", ":,")
    for command, findings in (("error", verdict.blocking), ("warning", (*verdict.exempted, *verdict.warnings))):
        for finding in findings:
            said = f"{finding.about}: {finding.code}\n{finding.text}\npasses when {finding.until}"
            click.echo(f"::{command} title={title}::{escaped(said)}")
    if verdict.allowed:
        click.echo(f"::notice title={title}::{escaped(text.splitlines()[0])}")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        from relrails.render.runbook.markdown import code_block

        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"### relrails gate: {verdict.word}\n\n{code_block(text, 'text')}\n")
