"""A canary's run, put together from the command line: its service, its Prometheus, its journal, its evidence."""

import json
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relrails.cli import _endpoint, _evidence, _finding, _gating
from relrails.cli.override import line
from relrails.judge.canary import Blocked, Override, Reason, resolve
from relrails.judge.override import Kind
from relrails.judge.override import Override as Decided
from relrails.live.canary.controller import Controller, Run
from relrails.live.canary.journal import BusyError, Journal
from relrails.live.canary.metrics import Metrics, Told
from relrails.live.canary.running import Outside, exit_code
from relrails.live.canary.sources import PolicyError, sources
from relrails.live.gate import examine
from relrails.live.prometheus import Reply
from relrails.overrides import OverrideError, Store

if TYPE_CHECKING:
    from relrails.promql import Matcher
    from relrails.service import Service

Start = Callable[[Run, Journal, Outside], int]
_KINDS: tuple[Kind, ...] = ("promote", "rollback", "extend")


def with_run(ctx: click.Context, name: str, given: Mapping[str, Any], begin: Start) -> int:
    """Put a run together and begin it; gives the exit code."""
    endpoint, where = _endpoint.endpoint(given)
    answer = _evidence.Asking(endpoint)
    paper = _evidence.Paper(given["evidence_dir"], _evidence.signer(given["sign_with"]), answer)
    service = _finding.chosen(ctx, name, given["services_dir"])
    run = _run(service, given, where)
    journal = Journal(given["state_dir"], service.name)
    metrics = _Shown(given["metrics_port"], given["metrics_file"])
    outside = Outside(
        now=time.time,
        ask=answer,
        gate=lambda: _gate(service, given, answer, where) if given["gate"] else None,
        overrides=partial(_overrides, Store(given["evidence_dir"]), run, set()),
        publish=metrics.tell,
        say=lambda text: click.echo(f"relrails: {text}", err=True),
        keep=partial(_keep, given["state_dir"] / run.id),
        finished=partial(_finished, given, paper),
    )
    try:
        with journal:
            return begin(run, journal, outside)
    except BusyError as error:
        raise click.UsageError(str(error)) from error


def _run(service: "Service", given: Mapping[str, Any], where: "Sequence[Matcher]") -> Run:
    policy = service.canary
    if policy is None:
        raise click.UsageError(f"{service.name} has no canary policy; add `canary=canary.Policy(...)` to its file")
    resolved = resolve(policy)
    if resolved.identity == "artifact" and not given["artifact"]:
        raise click.UsageError(
            "the policy reads which artifact the canary runs, and --artifact does not say which one is judged"
        )
    try:
        read = sources(service, policy, resolved, where)
    except PolicyError as error:
        raise click.UsageError(str(error)) from error
    return Run(
        id=uuid.uuid4().hex[:16],
        service=service,
        policy=policy,
        resolved=resolved,
        sources=read,
        artifact=given["artifact"],
        stable=given["stable"],
        started=time.time(),
        drill=given["drill"],
    )


def _gate(
    service: "Service", given: Mapping[str, Any], answer: Callable[..., tuple[Reply, ...]], where: "Sequence[Matcher]"
) -> Blocked | None:
    at = time.time()
    found = examine(service, given["release"], answer, at, where)
    verdict = found.verdict
    passed = _gating.overridden(service, given["artifact"], found, given["evidence_dir"])
    for override, why in passed.rejected:
        click.echo(f"relrails: OVERRIDE_REJECTED {override.id}: {why}", err=True)
    if passed.override is not None:
        click.echo(f"relrails: the gate says {verdict.word}; overridden: {line(passed.override)}", err=True)
    if verdict.allowed or passed.override is not None:
        return None
    reasons = tuple(
        Reason(
            code=finding.code,
            text=f"{finding.about}: {finding.text}; passes when {finding.until}",
            observed=finding.observed,
            threshold=finding.threshold,
            unit=finding.unit,
        )
        for finding in verdict.blocking
    )
    return Blocked(reasons=reasons, at=at)


def _overrides(store: Store, run: Run, told: set[str]) -> list[Override]:
    """Hear what people have decided since; one that does not hold is said once."""
    now = time.time()
    try:
        if not store.open(now, run.service.name):
            return []
        held = store.use(
            now=now, kinds=_KINDS, service=run.service.name, artifact=run.artifact, for_=f"canary {run.id}"
        )
    except OverrideError as error:
        if str(error) not in told:
            told.add(str(error))
            click.echo(f"relrails: OVERRIDE_REJECTED: {error}", err=True)
        return []
    heard = [_heard(o, now, why) for o, why in held.rejected if o.id not in told and now < o.expires]
    told |= {o.id for o, _ in held.rejected}
    return heard if held.override is None else [*heard, _heard(held.override, now, "")]


def _heard(override: Decided, now: float, rejected: str) -> Override:
    kind = override.kind
    return Override(
        kind="rollback" if kind == "gate" else kind,
        by=f"{override.by}, approved by {override.approved_by}",
        reason=override.reason,
        id=override.id,
        seconds=override.seconds,
        rejected=rejected,
        at=now,
    )


class _Shown:
    """The metrics, served by whichever process has something to say."""

    def __init__(self, port: int | None, file: Path | None) -> None:
        self._port, self._file = port, file
        self._metrics: Metrics | None = None
        self._owner = 0

    def tell(self, told: Told) -> None:
        if self._owner != os.getpid():
            try:
                self._metrics = Metrics(self._port, self._file)
            except OSError as error:
                click.echo(f"relrails: metrics cannot be served: {error}", err=True)
                self._metrics = Metrics(None, self._file)
            self._owner = os.getpid()
        if self._metrics is not None:
            self._metrics.tell(told)


def _keep(folder: Path, replies: Sequence[Reply]) -> list[dict[str, Any]]:
    """Keep the bodies of answers, each once; a disk that will not have them is no reason to stop looking."""
    from hashlib import sha256

    from relrails.live.prometheus import Unusable

    kept = []
    for reply in replies:
        exchange = reply.exchange
        name = sha256(exchange.body).hexdigest()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / name
            if not file.exists():
                file.write_bytes(exchange.body)
        except OSError:
            name = ""
        kept.append(
            {
                "promql": reply.query.promql,
                "at": exchange.at,
                "url": exchange.url,
                "status": exchange.status,
                "milliseconds": round(exchange.seconds * 1000, 3),
                "body": name,
                "error": reply.result.text if isinstance(reply.result, Unusable) else None,
            }
        )
    return kept


def _finished(given: Mapping[str, Any], paper: _evidence.Paper, controller: Controller) -> None:
    """Write the evidence, and print the result."""
    from relrails.cli import _canary_record

    _result(given["form"], controller)
    paper.write(_canary_record.bundle(controller, given["state_dir"]))


def _result(form: str, controller: Controller) -> None:
    state, run = controller.state, controller.run
    decision = state.decision
    verdict = "NONE" if decision is None else decision.verdict.value
    reasons: Sequence[Reason] = state.reasons if decision is None else decision.reasons
    after = [r for r in state.reasons if r not in reasons]
    if form == "json":
        said = {
            "service": run.service.name,
            "run": run.id,
            "artifact": run.artifact,
            "state": state.phase.value,
            "verdict": verdict,
            "automatic": None if decision is None or decision.automatic is None else decision.automatic.value,
            "shadow": decision is not None and decision.shadow,
            "looks": state.look,
            "void_looks": controller.void_looks,
            "reasons": [{"code": r.code.value, "check": r.check, "text": r.text} for r in (*reasons, *after)],
            "exit_code": exit_code(controller),
        }
        click.echo(json.dumps(said, indent=2, sort_keys=True, ensure_ascii=False))
        return
    lines = [f"{state.phase.value} {run.service.name}" + (f" {run.artifact}" if run.artifact else "")]
    lines += [f"  {r.code}{f' {r.check}' if r.check else ''}: {r.text}" for r in (*reasons, *after)]
    if form == "github":
        from relrails.problems.report import escaped

        kind = "notice" if exit_code(controller) == 0 else "error"
        title = escaped(f"canary {run.service.name}", ":,")
        click.echo(f"::{kind} title={title}::{escaped(chr(10).join(lines))}")
    else:
        click.echo("\n".join(lines))
