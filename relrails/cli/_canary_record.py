"""The evidence of a canary's run: what the controller remembers, as a bundle."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relrails.judge.canary import Acted, Observation, Override, Phase, Recovered, State, Verdict, as_json, step
from relrails.judge.canary import Reason as JudgeReason
from relrails.live.canary.controller import Controller
from relrails.live.prometheus import Reply, Unusable

if TYPE_CHECKING:
    from relrails.evidence import Artifact, Bundle, Query, Reason, Timings, Transition

_SHA256 = "sha256:"


def bundle(controller: Controller, state_dir: Path) -> "Bundle":
    """Make the bundle of a run that is over."""
    from relrails.evidence import Action, Bundle, Decision, recorded

    run, state = controller.run, controller.state
    decision = state.decision
    policy, windows = recorded(run.resolved, controller.events)
    reasons: Sequence[JudgeReason] = state.reasons if decision is None else decision.reasons
    failed = sorted({r.check for r in reasons if r.check and r.acts})
    checks = sorted({test.check for test in run.resolved.tests})
    written = controller.journal.read()
    head = run.head
    started = float(head["started"])
    return Bundle(
        decision=Decision(
            id=run.id,
            service=run.service.name,
            kind="canary",
            verdict="NONE" if decision is None else decision.verdict.value,
            verdict_auto=None if decision is None or decision.automatic is None else decision.automatic.value,
            state=state.phase.value,
            reasons=[_reason(reason) for reason in reasons],
            started=_time(started),
            timings=_timings(controller),
            env=_env(controller),
            mode=run.resolved.mode,
            canary=_artifact(run.service.name, run.artifact),
            stable=_artifact(run.service.name, run.stable),
            passed=[check for check in checks if check not in failed] if _promoted(state) else (),
            failed=failed if not _promoted(state) else (),
            drill=run.drill,
        ),
        policy=policy,
        windows=windows,
        queries=list(_queries(() if written is None else written.entries, state_dir / run.id)),
        timeline=list(_timeline(controller)),
        actions=[
            Action(
                argv=done.argv,
                started=_time(done.started),
                ended=_time(done.ended),
                exit_code=done.exit_code,
                output=done.output,
                name=done.name,
            )
            for done in controller.actions
        ],
        override=next((as_json(e) for e in controller.events if isinstance(e, Override) and not e.rejected), None),
    )


def _promoted(state: State) -> bool:
    return state.decision is not None and state.decision.verdict is Verdict.PROMOTE


def _env(controller: Controller) -> str:
    envs = sorted({journey.env for journey in controller.run.service.journeys})
    return ", ".join(envs) or "production"


def _artifact(name: str, digest: str) -> "Artifact | None":
    from relrails.evidence import Artifact

    return Artifact(name=name, digest=digest) if digest.startswith(_SHA256) else None


def _reason(reason: JudgeReason) -> "Reason":
    from relrails.evidence import Reason

    return Reason(
        code=reason.code.value,
        kind=reason.kind.value,
        text=reason.text,
        check=reason.check or None,
        observed=_finite(reason.observed),
        threshold=_finite(reason.threshold),
        units=reason.unit or None,
        window=f"look {reason.look}" if reason.look else None,
    )


def _finite(number: float | None) -> float | str | None:
    return number if number is None or math.isfinite(number) else str(number)


def _timings(controller: Controller) -> "Timings":
    from relrails.evidence import Timings

    decision = controller.state.decision
    events = controller.events
    acted = next((e.at for e in events if isinstance(e, Acted) and e.result == "done"), None)
    restored = next((e.at for e in events if isinstance(e, Recovered) and e.ok), None)
    looks = {e.look: e for e in events if isinstance(e, Observation)}
    bad = None if decision is None or decision.first_bad is None else looks.get(decision.first_bad)
    decided = next((at for at, state in _states(controller) if state.decision is not None), None)
    last = max((event.at for event in events), default=controller.run.started)
    return Timings(
        decided=_time(last if decided is None else decided),
        first_bad=None if bad is None else _time(bad.at),
        acted=None if acted is None else _time(acted),
        restored=None if restored is None else _time(restored),
    )


def _states(controller: Controller) -> Iterator[tuple[float, State]]:
    state = State()
    for event in controller.events:
        state = step(state, event, controller.run.resolved)
        yield event.at, state


def _timeline(controller: Controller) -> "Iterator[Transition]":
    from relrails.evidence import Transition

    old = Phase.PENDING
    for at, state in _states(controller):
        if state.phase is not old:
            codes = ", ".join(dict.fromkeys(reason.code.value for reason in state.reasons))
            override = "" if state.decision is None else state.decision.override
            yield Transition(
                at=_time(at), old=old.value, new=state.phase.value, reason=codes, actor=override or "relrails"
            )
            old = state.phase


def queries(replies: Sequence[Reply]) -> "Iterator[Query]":
    """Give what was asked and answered, as evidence."""
    from relrails.evidence import Query

    for reply in replies:
        exchange = reply.exchange
        yield Query(
            promql=reply.query.promql,
            at=_time(exchange.at),
            url=exchange.url,
            status=exchange.status,
            milliseconds=round(exchange.seconds * 1000, 3),
            body=exchange.body if exchange.status is not None else None,
            error=reply.result.text if isinstance(reply.result, Unusable) else None,
        )


def _queries(entries: Sequence[Mapping[str, Any]], bodies: Path) -> "Iterator[Query]":
    from relrails.evidence import Query

    for asked in (query for entry in entries for query in entry.get("queries", ())):
        file = bodies / asked["body"] if asked["body"] else None
        yield Query(
            promql=asked["promql"],
            at=_time(asked["at"]),
            url=asked["url"],
            status=asked["status"],
            milliseconds=asked["milliseconds"],
            body=file.read_bytes() if file is not None and file.is_file() else None,
            error=asked["error"],
        )


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
