"""One step of the judge: what is known, and what happened, to what is known now."""

from dataclasses import replace
from typing import assert_never

from relrails.canary.resolved import ResolvedPolicy
from relrails.judge.canary.deciding import decided
from relrails.judge.canary.events import Acted, Blocked, Event, Failed, Observation, Override, Recovered, Start
from relrails.judge.canary.looking import look
from relrails.judge.canary.reason import Code, Reason
from relrails.judge.canary.state import Phase, State, Verdict

_OPERATOR = {
    "promote": Code.OPERATOR_PROMOTE,
    "rollback": Code.OPERATOR_ROLLBACK,
    "extend": Code.OPERATOR_EXTEND,
}


def step(state: State, event: Event, policy: ResolvedPolicy) -> State:
    """Judge one event. No clock, no network, no chance: the same events give the same state, on any machine.

    A state whose phase is final stays as it is, whatever comes; and what was decided to be rolled back is never
    promoted.
    """
    if state.phase.final:
        return state
    match event:
        case Observation():
            return look(state, event, policy) if state.phase.watching else state
        case Start():
            return _started(state, event)
        case Blocked():
            return _blocked(state, event, policy)
        case Override():
            return _overridden(state, event, policy)
        case Acted():
            return _acted(state, event, policy)
        case Recovered():
            return _recovered(state, event)
        case Failed():
            return _failed(state, event, policy)
        case _:
            assert_never(event)


def _started(state: State, event: Start) -> State:
    if state.phase is not Phase.PENDING:
        return state
    return replace(state, phase=Phase.WARMUP, start=event, calm=dict(event.before), at=event.at, reasons=())


def _blocked(state: State, event: Blocked, policy: ResolvedPolicy) -> State:
    if state.phase is not Phase.PENDING:
        return state
    return decided(replace(state, at=event.at), policy, Phase.BLOCKED, Verdict.BLOCK, event.reasons)


def _overridden(state: State, event: Override, policy: ResolvedPolicy) -> State:
    now = replace(state, at=event.at)
    if event.rejected or not _may(state.phase, event):
        why = event.rejected or f"nothing can be {_done(event.kind)} in phase {state.phase}"
        return replace(now, reasons=(_reason(now, Code.OVERRIDE_REJECTED, f"{event.kind} by {event.by}: {why}"),))
    reason = _reason(now, _OPERATOR[event.kind], f"{event.by}: {event.reason}")
    if event.kind == "extend":
        # A person has looked: what was held may go on being watched.
        phase = Phase.OBSERVING if state.phase is Phase.INCONCLUSIVE else state.phase
        return replace(
            now, phase=phase, decision=None, holding_since=None, extra=now.extra + event.seconds, reasons=(reason,)
        )
    automatic = None if state.decision is None else state.decision.verdict
    phase, verdict = (Phase.PROMOTE, Verdict.PROMOTE) if event.kind == "promote" else (Phase.ROLLBACK, Verdict.ROLLBACK)
    return decided(now, policy, phase, verdict, (reason,), automatic=automatic, override=event.id or event.by)


def _may(phase: Phase, event: Override) -> bool:
    """Tell whether an override can have an effect: after a rollback was decided, none has."""
    return phase.watching or (event.kind == "rollback" and phase is Phase.PROMOTE)


def _done(kind: str) -> str:
    return {"promote": "promoted", "rollback": "rolled back", "extend": "extended"}[kind]


def _acted(state: State, event: Acted, policy: ResolvedPolicy) -> State:
    now = replace(state, at=event.at)
    if event.kind == "promote":
        return _promoting(now, event, policy)
    if state.phase not in {Phase.ROLLBACK, Phase.ROLLING_BACK}:
        return state
    match event.result:
        case "begun":
            return replace(now, phase=Phase.ROLLING_BACK)
        case "done":
            return replace(now, phase=Phase.ROLLED_BACK)
        case "failed":
            reason = _reason(now, Code.ROLLBACK_ACTION_FAILED, event.text)
            return replace(now, phase=Phase.ROLLBACK_FAILED, reasons=(reason, *now.reasons))


def _promoting(now: State, event: Acted, policy: ResolvedPolicy) -> State:
    if now.phase is not Phase.PROMOTE or event.result == "begun":
        return now
    if event.result == "done":
        return replace(now, phase=Phase.PROMOTED)
    # Half a promotion is nothing that anybody has judged.
    reason = _reason(now, Code.INTERNAL_ERROR, f"the promotion failed: {event.text}")
    return decided(now, policy, Phase.ROLLBACK, Verdict.ROLLBACK, (reason,))


def _recovered(state: State, event: Recovered) -> State:
    if state.phase is not Phase.ROLLED_BACK:
        return state
    now = replace(state, at=event.at)
    if event.ok:
        return replace(now, phase=Phase.VERIFIED)
    reason = _reason(now, Code.POST_ROLLBACK_NOT_RECOVERED, event.text)
    return replace(now, phase=Phase.NOT_RECOVERED, reasons=(reason, *now.reasons))


def _failed(state: State, event: Failed, policy: ResolvedPolicy) -> State:
    now = replace(state, at=event.at)
    reason = _reason(now, event.code, event.text)
    if state.phase is Phase.PENDING:
        return decided(now, policy, Phase.BLOCKED, Verdict.BLOCK, (reason,))
    if state.phase.watching or state.phase is Phase.PROMOTE:
        return decided(now, policy, Phase.ROLLBACK, Verdict.ROLLBACK, (reason,))
    return replace(now, reasons=(*now.reasons, reason))  # a rollback goes on, whatever fails beside it


def _reason(state: State, code: Code, text: str) -> Reason:
    return Reason(code=code, text=text, look=state.look)
