"""How a decision is put on record."""

from dataclasses import replace

from relrails.canary.resolved import ResolvedPolicy
from relrails.judge.canary.reason import Code, Kind, Reason
from relrails.judge.canary.state import Decision, Phase, State, Verdict

_ORDER = {code: place for place, code in enumerate(Code)}


def decided(
    state: State,
    policy: ResolvedPolicy,
    phase: Phase,
    verdict: Verdict,
    reasons: tuple[Reason, ...],
    *,
    first_bad: int | None = None,
    automatic: Verdict | None = None,
    override: str = "",
) -> State:
    """Enter a phase with a verdict; `automatic` is given where a person overrode it."""
    drill = state.start is not None and state.start.drill
    injected = (Reason(code=Code.DRILL_INJECTED, text="the fault was injected on purpose", look=state.look),)
    said = (*reasons, *(injected if drill else ()))
    decision = Decision(
        verdict=verdict,
        automatic=automatic if override else verdict,
        reasons=said,
        look=state.look,
        elapsed=state.elapsed,
        at=state.at,
        first_bad=first_bad,
        evidence=dict(state.evidence),
        override=override,
        shadow=policy.mode == "shadow",
        drill=drill,
    )
    return replace(state, phase=phase, decision=decision, reasons=said)


def ordered(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Put reasons in order, the primary one first: what acts before what is reported, then by the table of codes."""
    unique = dict.fromkeys(reasons)
    return tuple(sorted(unique, key=lambda r: (not r.acts, not rolls_back(r.code), _ORDER[r.code])))


def rolls_back(code: Code) -> bool:
    """Tell whether a reason that acts rolls back by itself."""
    return code.kind is Kind.TRIGGER or code is Code.IDENTITY_CHANGED
