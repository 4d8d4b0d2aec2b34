"""What the judges were told and said, as the policy, windows and reasons of a bundle: enough to decide again."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from relrails.evidence.values import Fields, Json, Reason

if TYPE_CHECKING:
    from relrails.judge.canary import Event, ResolvedPolicy
    from relrails.judge.gate import Facts, Verdict


def recorded(policy: "ResolvedPolicy", events: Iterable["Event"]) -> tuple[Fields, list[Fields]]:
    """Give the `policy` and the `windows` of a bundle from a canary's events: each with the state that it led to."""
    from relrails.judge import canary

    state = canary.State()
    windows: list[Fields] = []
    for event in events:
        state = canary.step(state, event, policy)
        windows.append({"event": canary.as_json(event), "state": canary.as_json(state)})
    return canary.as_json(policy), windows


def recorded_gate(facts: "Facts") -> tuple[Fields, list[Fields]]:
    """Give the `policy` and the `windows` of a bundle from what a gate knew."""
    from relrails.judge.canary import as_json
    from relrails.judge.gate import judge

    return gate_policy(facts), [{"facts": as_json(facts), "verdict": as_json(judge(facts))}]


def word_of_gate(verdict: "Verdict") -> str:
    """Give the verdict of a gate as decision.json has it: ALLOW or BLOCK."""
    return "ALLOW" if verdict.allowed else "BLOCK"


def reasons_of_gate(verdict: "Verdict") -> tuple[Reason, ...]:
    """Give what spoke against a release, first what blocks it, then what its class is exempt from."""
    return tuple(Reason.of_gate(finding) for finding in (*verdict.blocking, *verdict.exempted))


def gate_policy(facts: "Facts") -> Mapping[str, Json]:
    """Give the part of what a gate knows that people have set: limits, classes and freezes; not what was measured."""
    from relrails.judge.canary import as_json

    return {
        "service": facts.service,
        "release": facts.release,
        "exempt": list(facts.exempt),
        "warn_below": facts.warn_below,
        "freeze_below": facts.freeze_below,
        "freezes": as_json(facts.freezes),
        "limits": [{"name": limit.name, "limit": limit.limit, "unit": limit.unit} for limit in facts.limits],
        "slos": [
            {
                "name": slo.name,
                "group": slo.group,
                "goal": slo.goal,
                "window": slo.window,
                "tiers": [
                    {"long": burn.long, "short": burn.short, "factor": burn.factor, "threshold": burn.threshold}
                    for burn in slo.burns
                ],
            }
            for slo in facts.slos
        ],
        "journeys": [
            {"name": journey.name, "failures": journey.failures, "of": journey.of} for journey in facts.journeys
        ],
    }
