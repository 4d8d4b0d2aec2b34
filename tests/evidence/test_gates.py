"""What a gate decided is decided again from what it knew."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.bundles import NOON
from relrails.evidence import (
    Bundle,
    Decision,
    Reason,
    Timings,
    reasons_of_gate,
    recorded_gate,
    word_of_gate,
    write,
)
from relrails.evidence.verifying import verify
from relrails.judge.canary import Code
from relrails.judge.gate import BurnFacts, Facts, JourneyFacts, Missing, Reading, SLOFacts, judge


def facts(long: Reading = 0.0001, short: Reading = 0.0001) -> Facts:
    burn = BurnFacts(
        severity="page",
        long="1h",
        short="5m",
        factor=14.4,
        threshold=0.0144,
        long_ratio=long,
        short_ratio=short,
        bad_events=120.0,
        least=1,
    )
    slo = SLOFacts(
        name="availability",
        goal=0.999,
        window="30d",
        window_seconds=2_592_000,
        burns=(burn,),
        budget_left=0.31,
        bad_events=900.0,
        least=1,
    )
    return Facts(
        service="core-api",
        at=NOON.timestamp(),
        release="feature",
        exempt=("security",),
        warn_below=0.25,
        freeze_below=0.0,
        slos=(slo,),
        journeys=(JourneyFacts(name="auth_query", env="staging", failed=0, failures=3, of=5),),
    )


def gated(known: Facts, verdict: str | None = None) -> Bundle:
    policy, windows = recorded_gate(known)
    made = judge(known)
    word = word_of_gate(made) if verdict is None else verdict
    reasons: tuple[Reason, ...] = reasons_of_gate(made)
    return Bundle(
        decision=Decision(
            id="gate-1",
            service=known.service,
            kind="gate",
            verdict=word,
            verdict_auto=word,
            state=made.word,
            reasons=reasons,
            started=NOON,
            timings=Timings(decided=NOON),
            env="staging",
        ),
        policy=policy,
        windows=windows,
    )


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        (facts(), "ALLOW"),
        (facts(long=0.02, short=0.03), "BLOCK"),
        (facts(long=Missing(Code.STALE_DATA, "the newest sample is 3 h old")), "BLOCK"),
        (facts(long=float("nan")), "BLOCK"),
        (facts(long=None, short=None), "ALLOW"),
        (replace(facts(long=0.02, short=0.03), release="security"), "ALLOW"),
    ],
)
def test_a_gate_is_decided_again(tmp_path: Path, known: Facts, verdict: str) -> None:
    folder = write(gated(known), tmp_path)

    assert json.loads((folder / "decision.json").read_bytes())["verdict"] == verdict
    assert verify(folder).findings[-1].text.endswith(f"{verdict}, with the same numbers")
    assert verify(folder).ok is True


def test_a_gate_that_says_otherwise_than_what_it_knew_is_found(tmp_path: Path) -> None:
    folder = write(gated(facts(long=0.02, short=0.03), verdict="ALLOW"), tmp_path)

    assert verify(folder).ok is False
    assert "'ALLOW' is stored, and 'BLOCK' is judged" in verify(folder).findings[-1].text


def test_a_gate_whose_limits_were_others_is_found(tmp_path: Path) -> None:
    made = gated(facts())
    lax = {**made.policy, "freeze_below": -1.0}

    folder = write(replace(made, policy=lax), tmp_path)

    assert verify(folder).ok is False


def test_two_looks_are_no_gate(tmp_path: Path) -> None:
    made = gated(facts())

    folder = write(replace(made, windows=(*made.windows, *made.windows)), tmp_path)

    assert verify(folder).ok is False
