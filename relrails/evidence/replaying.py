"""A decision made again from what was stored: the same judge, the same counts, and then the same numbers."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relrails.evidence.values import EvidenceError

TOLERANCE = 1e-9
"""Relative, and absolute near zero: another machine's `exp` may round its last bit differently."""
_NUMBERS = {
    "nan": math.nan,
    **dict.fromkeys(("inf", "+inf", "infinity", "+infinity"), math.inf),
    **dict.fromkeys(("-inf", "-infinity"), -math.inf),
}
"""How Prometheus, Python and the judge write what JSON has no sign for."""
FIRST_EDITION = 1
"""Of the judge, when policies did not yet say which."""
UNDECIDED = "NONE"
"""The verdict of a run that ended before there was one."""
_WORDING = frozenset({"text"})
"""What is said to people may have been redacted, and is not what is proved."""


def unable(decision: Mapping[str, Any], policy: Any) -> str | None:
    """Say why no judge here could decide it again; None where one can."""
    kind = decision["kind"]
    if kind not in {"canary", "gate"}:
        return f"there is no judge that could decide a {kind} again"
    if kind == "canary":
        from relrails.canary.resolved import EDITION

        edition = policy.get("edition", FIRST_EDITION) if isinstance(policy, Mapping) else EDITION
        if isinstance(edition, int) and edition != EDITION:
            return (
                f"it was decided by edition {edition} of the judge, and edition {EDITION} gives other numbers; "
                f"fix: verify with a relrails that has edition {edition}"
            )
    return None


def differences(decision: Mapping[str, Any], policy: Any, windows: Sequence[Any]) -> list[str]:
    """Say what a judge decides differently from the same policy and the same windows.

    Raises EvidenceError where what is stored cannot be read.
    """
    again = _canary if decision["kind"] == "canary" else _gate
    return list(again(decision, policy, windows))


def _canary(decision: Mapping[str, Any], policy: Any, windows: Sequence[Any]) -> Iterator[str]:
    """Follow the run event by event: a line of windows.jsonl holds an event and the state that it led to."""
    from relrails.judge import canary

    try:
        resolved = canary.from_json(canary.ResolvedPolicy, policy)
        state = canary.State()
        beginning = canary.as_json(state)
        for number, window in enumerate(windows, start=1):
            state = canary.step(state, canary.from_json(canary.Event, window["event"]), resolved)
            # What the judge did not know yet when it was written is as it is where nothing has happened.
            stored = {**beginning, **window["state"]}
            yield from _unlike(canary.as_json(state), stored, f"line {number} of windows.jsonl")
    except (ValueError, KeyError, TypeError) as error:
        raise EvidenceError(f"windows.jsonl and policy.json cannot be judged again: {error}") from None
    again = canary.as_json(state)
    made = again["decision"]
    if made is None:
        undecided = {"verdict": UNDECIDED, "automatic": None, "reasons": again["reasons"]}
        if decision["verdict"] != UNDECIDED:
            yield f"the stored events lead to no decision, and decision.json says {decision['verdict']}"
            return
        made = undecided
    told = {name: decision[name] for name in ("verdict", "verdict_auto", "state")}
    yield from _unlike(
        {"verdict": made["verdict"], "verdict_auto": made["automatic"], "state": again["phase"]},
        told,
        "decision.json",
    )
    yield from _reasons(decision["reasons"], made["reasons"])


def _gate(decision: Mapping[str, Any], policy: Any, windows: Sequence[Any]) -> Iterator[str]:
    """Decide again from the one line of windows.jsonl, which holds all that the gate knew."""
    from relrails.evidence.recording import gate_policy, reasons_of_gate, word_of_gate
    from relrails.judge import gate
    from relrails.judge.canary import as_json, from_json

    try:
        (window,) = windows
        facts = from_json(gate.Facts, window["facts"])
        yield from _unlike(as_json(gate.judge(facts)), window["verdict"], "line 1 of windows.jsonl")
        yield from _unlike(gate_policy(facts), policy, "policy.json")
    except (ValueError, KeyError, TypeError) as error:
        raise EvidenceError(f"windows.jsonl and policy.json cannot be judged again: {error}") from None
    verdict = gate.judge(facts)
    yield from _unlike(word_of_gate(verdict), decision["verdict_auto"], "decision.json#/verdict_auto")
    made = [{"code": r.code, "observed": r.observed, "threshold": r.threshold} for r in reasons_of_gate(verdict)]
    yield from _reasons(decision["reasons"], made)


def _reasons(told: Sequence[Mapping[str, Any]], made: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    shown = [{name: reason[name] for name in ("code", "observed", "threshold")} for reason in made]
    stored = [{name: reason.get(name) for name in ("code", "observed", "threshold")} for reason in told]
    yield from _unlike(shown, stored, "decision.json#/reasons")


def _unlike(again: Any, stored: Any, place: str) -> Iterator[str]:
    if isinstance(again, Mapping) and isinstance(stored, Mapping):
        for name in sorted((again.keys() | stored.keys()) - _WORDING):
            if name not in again or name not in stored:
                where = ("stored", "judged") if name in stored else ("judged", "stored")
                yield f"{place}: {name!a} is {where[0]} and not {where[1]}"
            else:
                yield from _unlike(again[name], stored[name], f"{place}/{name}")
    elif _is_list(again) and _is_list(stored):
        if len(again) != len(stored):
            yield f"{place}: {len(stored)} are stored, and {len(again)} are judged"
        for number, (one, other) in enumerate(zip(again, stored, strict=False)):
            yield from _unlike(one, other, f"{place}/{number}")
    elif not _same(_number(again), _number(stored)):
        yield f"{place}: {stored!a} is stored, and {again!a} is judged"


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _number(value: Any) -> Any:
    return _NUMBERS.get(value.lower(), value) if isinstance(value, str) else value


def _same(one: Any, other: Any) -> bool:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))
    if not numbers:
        return type(one) is type(other) and bool(one == other)
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
