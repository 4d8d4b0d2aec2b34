"""What the canary really runs: another artifact rolls it back, and none that it names is not promoted."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from canary_runs import POLICY, begun, look, looks, played
from simulated_canary import ARTIFACT, EPOCH, Fleet, identity, with_policy
from test_canary_controller import after, ran

from relrails.evidence.recording import recorded
from relrails.evidence.replaying import UNDECIDED, differences
from relrails.judge.canary import Code, Flaw, Phase, Verdict
from relrails.live.canary.identity import said
from relrails.live.prometheus import Instant
from relrails.live.prometheus.decode import decode
from relrails.units import minutes

OTHER = f"sha256:{'cd' * 32}"
NAMED = replace(POLICY, identity="artifact")
BUILT = replace(POLICY, identity="build")
BUILD = replace(identity, names="build")


def from_look(number: int, then: str, before: str = ARTIFACT) -> Callable[[float], str]:
    return lambda at: then if at >= after(number) else before


def test_a_canary_that_says_what_is_judged_is_promoted(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet(), with_policy(identity=identity))

    assert found.phase is Phase.PROMOTED
    assert {one.artifact for one in found.looks} == {ARTIFACT}


def test_a_restart_with_another_artifact_in_the_middle_is_rolled_back(tmp_path: Path) -> None:
    fleet = Fleet(
        says=from_look(6, OTHER), restarted=after(6), serves=lambda track, at: track == "stable" or at < after(7)
    )

    found = ran(tmp_path, fleet, with_policy(identity=identity))

    assert found.phase is Phase.VERIFIED
    assert found.codes[0] is Code.IDENTITY_CHANGED
    assert found.clock.at <= after(8)
    assert [done.name for done in found.controller.actions] == ["rollback"]


def test_without_an_identity_in_the_policy_nobody_asks(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet(says=from_look(6, OTHER)))

    assert found.phase is Phase.PROMOTED


def test_another_artifact_between_two_looks_is_seen_though_it_is_gone_again(tmp_path: Path) -> None:
    def says(at: float) -> str:
        return OTHER if after(6) + 10 <= at < after(6) + 30 else ARTIFACT

    found = ran(tmp_path, Fleet(says=says), with_policy(identity=identity))

    assert found.codes[0] is Code.IDENTITY_CHANGED
    assert Code.AMBIGUOUS_RESULT in found.codes


def test_what_was_scraped_before_the_run_began_is_not_of_this_run(tmp_path: Path) -> None:
    """The new process has answered no scrape yet when the run begins; the series are still of the one before."""
    fleet = Fleet(says=lambda at: OTHER if at <= EPOCH else ARTIFACT)

    assert ran(tmp_path, fleet, with_policy(identity=identity)).phase is Phase.PROMOTED


@pytest.mark.parametrize("names", [identity, BUILD], ids=["artifact", "build"])
def test_a_canary_that_does_not_say_is_neither_promoted_nor_called_another(tmp_path: Path, names: object) -> None:
    policy = with_policy(identity=names, silence=replace(with_policy().canary.silence, hold_max=3 * minutes))  # type: ignore[union-attr] # it has one

    found = ran(tmp_path, Fleet(says=lambda _at: ""), policy)

    decision = found.controller.state.decision
    assert decision is not None
    assert decision.verdict is Verdict.ROLLBACK
    assert found.codes[0] is Code.DEADLINE_EXCEEDED
    assert Code.IDENTITY_UNKNOWN in found.codes
    assert Code.IDENTITY_CHANGED not in found.codes


def test_a_canary_that_does_not_say_is_still_rolled_back_for_its_errors(tmp_path: Path) -> None:
    fleet = Fleet(says=lambda _at: "", bad=lambda track, at: 0.05 if track == "canary" and at >= after(3) else 0.001)

    found = ran(tmp_path, fleet, with_policy(identity=identity))

    assert Code.ERROR_RATE_DELTA in found.codes
    assert len(found.looks) <= 6


def test_one_look_without_an_answer_costs_nothing_but_itself(tmp_path: Path) -> None:
    silent = Fleet(says=lambda at: "" if after(5) - 2 < at <= after(6) - 2 else ARTIFACT)

    found = ran(tmp_path, silent, with_policy(identity=identity))

    assert found.phase is Phase.PROMOTED
    assert found.controller.void_looks == 1


def test_a_build_is_pinned_by_what_the_canary_says_first(tmp_path: Path) -> None:
    policy = with_policy(identity=BUILD)

    assert ran(tmp_path / "same", Fleet(says=lambda _at: "4f1c2d"), policy).phase is Phase.PROMOTED
    changed = ran(tmp_path / "other", Fleet(says=from_look(6, "9e8d7c", before="4f1c2d")), policy)
    assert changed.codes[0] is Code.IDENTITY_CHANGED
    assert changed.controller.state.decision is not None
    assert "9e8d7c" in changed.controller.state.decision.reasons[0].text


def test_two_builds_at_once_are_never_pinned() -> None:
    both = Flaw(code=Code.AMBIGUOUS_RESULT, check="canary.identity")
    state = played([begun(), *looks(1, 30, artifact="a and b", flaws=(both,))], BUILT)

    assert state.build == ""
    assert state.phase is Phase.ROLLBACK


def test_the_judge_itself_holds_what_says_nothing() -> None:
    state = played([begun(), *looks(1, 9), *looks(10, 12, artifact="")], NAMED)

    assert state.phase is Phase.HOLDING
    assert {reason.code for reason in state.reasons} >= {Code.IDENTITY_UNKNOWN}


def test_silence_of_the_whole_canary_is_called_that_and_not_a_missing_name() -> None:
    state = played([begun(), *looks(1, 4), look(5, canary_series=0, artifact="", readings={})], NAMED)

    codes = {reason.code for reason in state.reasons}
    assert Code.CANARY_ABSENT in codes
    assert Code.IDENTITY_UNKNOWN not in codes


def test_a_change_in_the_warm_up_rolls_back() -> None:
    state = played([begun(artifact=ARTIFACT), look(1, artifact=OTHER)], NAMED)

    assert state.decision is not None
    assert state.decision.reasons[0].code is Code.IDENTITY_CHANGED


@pytest.mark.parametrize(
    "label",
    [ARTIFACT, "ab" * 32, "AB" * 32, f"registry.example.com/shop:7@{ARTIFACT}", f"docker-pullable://shop@{ARTIFACT}"],
)
def test_a_digest_is_the_same_however_an_exporter_writes_it(label: str) -> None:
    query = Instant("build_info[1m]", EPOCH)
    series = {"metric": {"digest": label}, "values": [[EPOCH - 5, "1"]]}
    body = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [series]}})

    assert said(identity, decode(body.encode(), query), EPOCH - 60) == (ARTIFACT, None)
    assert said(BUILD, decode(body.encode(), query), EPOCH - 60) == (label, None)
    assert said(identity, decode(body.encode(), query), EPOCH - 5) == ("", None)


def test_a_bundle_from_before_there_were_identities_is_judged_again(tmp_path: Path) -> None:
    """Its states have no `build`, which is what an empty one means; one that was named cannot be left out."""
    for rules, differs in ((POLICY, False), (BUILT, True)):
        policy, windows = recorded(rules, [begun(), *looks(1, 5)])
        old: list[Any] = json.loads(json.dumps(windows))
        for window in old:
            del window["state"]["build"]
        decision: dict[str, Any] = {
            "kind": "canary",
            "verdict": UNDECIDED,
            "verdict_auto": None,
            "state": "OBSERVING",
            "reasons": [],
        }
        found = differences(decision, policy, old) or []
        assert any("build" in text for text in found) is differs
