"""The controller: what it sees, decides and does, on a clock that the test turns."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from simulated_canary import ARTIFACT, EPOCH, Fleet, service, with_policy, worse

from relrails import Service, canary
from relrails.judge.canary import Blocked, Code, Observation, Override, Phase, Reason, Verdict, resolve
from relrails.live.canary.controller import Controller, Run, World
from relrails.live.canary.journal import Journal
from relrails.live.canary.metrics import Told
from relrails.live.canary.sources import sources
from relrails.live.prometheus.results import TooLarge


@dataclass
class Clock:
    """A time that passes only by waiting; a run may be stopped at a moment."""

    at: float = EPOCH
    stop_at: float | None = None

    def now(self) -> float:
        return self.at

    def wait(self, until: float) -> str:
        self.at = max(self.at, until)
        return "stopped by SIGTERM" if self.stop_at is not None and self.at >= self.stop_at else ""


@dataclass
class Watched:
    """A controller and what it said to the world."""

    controller: Controller
    clock: Clock
    said: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def codes(self) -> list[Code]:
        decision = self.controller.state.decision
        return [] if decision is None else [reason.code for reason in decision.reasons]

    @property
    def phase(self) -> Phase:
        return self.controller.state.phase

    @property
    def looks(self) -> list[Observation]:
        return [event for event in self.controller.events if isinstance(event, Observation)]


def watched(
    tmp_path: Path,
    fleet: Fleet,
    of: Service = service,
    *,
    clock: Clock | None = None,
    overrides: dict[float, Override] | None = None,
    **world: Any,
) -> Watched:
    clock = clock or Clock()
    policy = of.canary
    assert policy is not None
    resolved = resolve(policy)
    run = Run(
        id="run1",
        service=of,
        policy=policy,
        resolved=resolved,
        sources=sources(of, policy, resolved),
        artifact=ARTIFACT,
        stable="",
        started=clock.at,
    )
    waiting = dict(overrides or {})

    def heard() -> Sequence[Override]:
        return [waiting.pop(at) for at in sorted(waiting) if at <= clock.at]

    found = Watched(None, clock)  # type: ignore[arg-type] # filled in at once
    given = {"ask": fleet.ask, "overrides": heard, **world}
    journal = Journal(tmp_path / "state", of.name)
    journal.folder.mkdir(parents=True, exist_ok=True)
    found.controller = Controller(
        run=run,
        journal=journal,
        world=World(now=clock.now, wait=clock.wait, publish=found.told.append, say=found.said.append, **given),
    )
    return found


def ran(tmp_path: Path, fleet: Fleet, of: Service = service, **more: Any) -> Watched:
    found = watched(tmp_path, fleet, of, **more)
    found.controller.begin()
    found.controller.watch()
    found.controller.conclude()
    return found


def after(look: int) -> float:
    return EPOCH + 60 * look


def test_a_healthy_canary_is_promoted_and_not_before_its_time(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet())

    assert found.phase is Phase.PROMOTED
    assert found.codes == [Code.HEALTHY]
    assert found.clock.at >= EPOCH + 12 * 60
    assert [done.name for done in found.controller.actions] == ["promote"]


def test_a_canary_that_fails_more_is_rolled_back_and_the_service_seen_to_recover(tmp_path: Path) -> None:
    rolled = after(6)
    fleet = Fleet(bad=worse("canary", 0.05, after(5)), serves=lambda track, at: track == "stable" or at < rolled)

    found = ran(tmp_path, fleet)

    assert found.phase is Phase.VERIFIED
    assert Code.ERROR_RATE_DELTA in found.codes
    assert found.clock.at <= after(8)
    assert [done.name for done in found.controller.actions] == ["rollback"]


def test_counts_are_those_of_the_counters_and_no_second_is_in_two_looks(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet(bad=lambda _track, _at: 0.02))

    readings = [look.readings["availability"] for look in found.looks]
    assert {reading.canary.total for reading in readings[1:]} == {3000}  # type: ignore[union-attr] # 50 a second
    assert {reading.stable.total for reading in readings[1:]} == {6000}  # type: ignore[union-attr]
    assert {reading.canary.bad for reading in readings[1:]} == {60}  # type: ignore[union-attr]
    assert sum(look.seconds for look in found.looks) == found.looks[-1].at - (EPOCH - 2)


def test_a_restart_of_the_canary_loses_and_invents_nothing(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet(restarted=after(5) + 20))

    totals = [look.readings["availability"].canary.total for look in found.looks[1:]]  # type: ignore[union-attr]
    assert totals == pytest.approx([3000] * len(totals), abs=2)  # halves of requests are not counted


def test_a_canary_that_appears_later_counts_from_its_first_request(tmp_path: Path) -> None:
    # Its first scrape, a minute and a half in, already counts what it answered before.
    fleet = Fleet(started=after(1) + 30, alive=lambda track, at: track == "stable" or at >= after(1) + 30)

    found = ran(tmp_path, fleet)

    total = sum(look.readings["availability"].canary.total for look in found.looks[1:4])  # type: ignore[union-attr, misc]
    # A first scrape, and then one every fifteen seconds up to two seconds before the end of the look.
    assert total == pytest.approx(50 * 15 * 10, abs=2)


def test_a_first_error_of_the_stable_version_counts_from_zero(tmp_path: Path) -> None:
    """Its 500s have no series before there is one; that one is new, and not an old counter that comes back."""
    fleet = Fleet(bad=lambda _track, at: 0.02 if at >= after(4) else 0.0)
    plain = fleet.answer

    def answer(promql: str, at: float) -> dict[str, Any]:
        said = plain(promql, at)
        for item in said["data"]["result"]:
            if item["metric"].get("code") == "500":
                item["values"] = [pair for pair in item["values"] if float(pair[1]) > 0]
        said["data"]["result"] = [i for i in said["data"]["result"] if i.get("values", True)]
        return said

    fleet.answer = answer  # type: ignore[method-assign] # what Prometheus shows, not what happened
    found = ran(tmp_path, fleet)

    bad = [look.readings["availability"].stable.bad for look in found.looks]  # type: ignore[union-attr]
    assert bad[:4] == [0, 0, 0, 0]
    assert bad[5:8] == [120, 120, 120]


def test_the_past_of_the_stable_version_is_known_before_it_begins(tmp_path: Path) -> None:
    found = watched(tmp_path, Fleet(bad=lambda _track, _at: 0.02, began=EPOCH - 8 * 3600))
    found.controller.begin()

    start = found.controller.state.start
    assert start is not None
    before = start.before["availability"]
    assert before.bad / before.total == pytest.approx(0.02, rel=0.01)
    assert before.total == pytest.approx(100 * 6 * 3600, rel=0.01)
    slow = start.before["latency"]
    assert slow.bad / slow.total == pytest.approx(0.01, rel=0.05)
    assert start.dispersion["availability"] is not None


@pytest.mark.parametrize(("minutes", "enough"), [(10, False), (40, True)])
def test_a_young_prometheus_gives_what_it_has(tmp_path: Path, minutes: int, enough: bool) -> None:
    fleet = Fleet(bad=lambda _track, _at: 0.02, began=EPOCH - 60 * minutes)
    found = watched(tmp_path, fleet)
    found.controller.begin()

    start = found.controller.state.start
    assert start is not None
    assert start.before["availability"].total == pytest.approx(100 * 60 * minutes, rel=0.1)
    assert (start.dispersion["availability"] is not None) is enough


def test_where_six_hours_are_too_much_to_ask_two_are_asked(tmp_path: Path) -> None:
    fleet = Fleet(bad=lambda _track, _at: 0.02, began=EPOCH - 8 * 3600)

    def refusing(queries: Sequence[Any]) -> Sequence[Any]:
        too_much = TooLarge("more than is read")
        return [replace(r, result=too_much) if "[6h]" in r.query.promql else r for r in fleet.ask(queries)]

    found = watched(tmp_path, fleet, ask=refusing)
    found.controller.begin()

    start = found.controller.state.start
    assert start is not None
    assert start.before["availability"].total == pytest.approx(100 * 7200, rel=0.02)
    assert start.dispersion["availability"] is not None


def test_a_slower_canary_is_rolled_back(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet(slow=lambda track, at: 0.2 if track == "canary" and at >= after(4) else 0.01))

    assert {Code.LATENCY_SHARE, Code.LATENCY_DISTRIBUTION} & set(found.codes)


def test_a_canary_that_falls_silent_is_rolled_back_and_both_silent_are_held(tmp_path: Path) -> None:
    silent = ran(tmp_path / "a", Fleet(alive=lambda track, at: track == "stable" or at < after(4)))
    assert silent.codes[0] is Code.CANARY_ABSENT

    out = ran(tmp_path / "b", Fleet(alive=lambda _track, at: at < after(4)))
    assert out.codes[0] is Code.DEADLINE_EXCEEDED
    assert Code.NO_DATA_BOTH in out.codes
    assert out.clock.at >= after(4) + 15 * 60


def test_a_rollback_after_which_the_canary_still_answers_has_not_recovered(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet(bad=worse("canary", 0.05, after(3))))

    assert found.phase is Phase.NOT_RECOVERED
    assert found.controller.state.reasons[0].code is Code.POST_ROLLBACK_NOT_RECOVERED
    assert "the canary still answered" in found.controller.state.reasons[0].text


def test_a_rollback_after_which_the_stable_version_fails_has_not_recovered(tmp_path: Path) -> None:
    rolled = after(5)
    fleet = Fleet(
        bad=lambda track, at: 0.2 if at >= (after(3) if track == "canary" else rolled) else 0.001,
        serves=lambda track, at: track == "stable" or at < rolled,
    )

    found = ran(tmp_path, fleet)

    assert found.phase is Phase.NOT_RECOVERED
    assert "of the stable version are bad" in found.controller.state.reasons[0].text


def test_a_rollback_that_fails_is_tried_again_and_then_said(tmp_path: Path) -> None:
    of = with_policy(rollback=canary.Command(argv=("sh", "-c", "echo no such deployment; exit 3")))

    found = ran(tmp_path, Fleet(bad=worse("canary", 0.5)), of)

    assert found.phase is Phase.ROLLBACK_FAILED
    assert [done.exit_code for done in found.controller.actions] == [3, 3, 3]
    assert "no such deployment" in found.controller.state.reasons[0].text


def test_a_promotion_that_fails_is_rolled_back(tmp_path: Path) -> None:
    of = with_policy(promote=canary.Command(argv=("false",)))

    found = ran(tmp_path, Fleet(serves=lambda track, at: track == "stable" or at < after(12)), of)

    assert found.phase in {Phase.VERIFIED, Phase.NOT_RECOVERED}
    assert [done.name for done in found.controller.actions] == ["promote", "rollback"]


def test_in_the_shadow_everything_is_decided_and_nothing_done(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet(bad=worse("canary", 0.5)), with_policy(mode="shadow"))

    assert found.controller.state.decision is not None
    assert found.controller.state.decision.verdict is Verdict.ROLLBACK
    assert found.controller.actions == []


def test_whoever_stops_it_rolls_it_back(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet(), clock=Clock(stop_at=after(5)))

    assert found.codes == [Code.INTERNAL_ERROR]
    assert found.controller.state.decision is not None
    assert "SIGTERM" in found.controller.state.decision.reasons[0].text
    assert [done.name for done in found.controller.actions] == ["rollback"]


def test_a_person_may_promote_or_roll_back_and_the_automatic_verdict_is_kept(tmp_path: Path) -> None:
    for kind in ("promote", "rollback"):
        order = Override(kind=kind, by="ada", reason="the customer waits for it", id="o1", at=after(4))
        found = ran(tmp_path / kind, Fleet(), overrides={after(4): order})
        decision = found.controller.state.decision
        assert decision is not None
        assert decision.override == "o1"
        assert decision.automatic is None
        assert found.controller.actions[0].name == kind


def test_a_journal_that_cannot_be_written_ends_in_a_rollback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = watched(tmp_path, Fleet())
    found.controller.begin()
    real = Journal.append

    def full(self: Journal, entry: Any) -> None:
        if len(found.looks) > 3:
            raise OSError("No space left on device")
        real(self, entry)

    monkeypatch.setattr(Journal, "append", full)
    found.controller.watch()
    found.controller.conclude()

    assert found.codes == [Code.EVIDENCE_WRITE_FAILED]
    assert [done.name for done in found.controller.actions] == ["rollback"]


def test_what_a_gate_blocks_never_begins(tmp_path: Path) -> None:
    found = watched(tmp_path, Fleet())
    found.controller.blocked(Blocked(reasons=(Reason(code=Code.BUDGET_EXHAUSTED, text="spent"),), at=EPOCH))
    found.controller.watch()
    found.controller.conclude()

    assert found.phase is Phase.BLOCKED
    assert found.controller.actions == []


def test_a_run_that_is_taken_up_again_decides_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    whole = ran(tmp_path / "whole", Fleet(bad=worse("canary", 0.004, after(6))))

    class Killed(BaseException):
        pass

    first = watched(tmp_path / "parts", Fleet(bad=worse("canary", 0.004, after(6))))
    first.controller.begin()
    wait = first.clock.wait

    def killed(until: float) -> str:
        if len(first.looks) == 8:
            raise Killed
        return wait(until)

    first.controller.world = World(now=first.clock.now, wait=killed, ask=first.controller.world.ask)
    with pytest.raises(Killed):
        first.controller.watch()
    written = first.controller.journal.read()
    assert written is not None
    second = watched(tmp_path / "parts", Fleet(bad=worse("canary", 0.004, after(6))), clock=first.clock)
    second.controller.run = first.controller.run
    second.controller.resume(written.entries)
    second.controller.watch()
    second.controller.conclude()

    assert second.controller.state == whole.controller.state
    assert second.looks == whole.looks


def test_a_line_that_was_cut_off_did_not_happen(tmp_path: Path) -> None:
    found = watched(tmp_path, Fleet())
    found.controller.begin()
    journal = found.controller.journal
    whole = journal.read()
    with journal.path.open("ab") as file:
        file.write(b'{"event":{"is":"Obser')

    assert journal.read() == whole
    journal.append({"more": 1})
    again = journal.read()
    assert again is not None
    assert again.entries[-1] == {"more": 1}


def test_nobody_waits_for_ever_for_a_person(tmp_path: Path) -> None:
    of = with_policy(on_inconclusive="hold", min_requests=10**9)

    found = ran(tmp_path, Fleet(), of)

    assert found.codes[0] is Code.DEADLINE_EXCEEDED
    assert found.controller.actions[0].name == "rollback"


def test_an_alert_of_the_canary_rolls_it_back(tmp_path: Path) -> None:
    of = with_policy(checks=(*service.canary.checks, canary.Alerts(matching={"alertname": "Panics"})))  # type: ignore[union-attr]
    fleet = Fleet()
    plain = fleet.answer

    def answer(promql: str, at: float) -> dict[str, Any]:
        if promql.startswith("ALERTS") and at >= after(4):
            labels = {"__name__": "ALERTS", "alertname": "Panics", "alertstate": "firing", "track": "canary"}
            return {
                "status": "success",
                "data": {"resultType": "vector", "result": [{"metric": labels, "value": [at, "1"]}]},
            }
        return plain(promql, at)

    fleet.answer = answer  # type: ignore[method-assign] # one answer more
    found = ran(tmp_path, fleet, of)

    assert found.codes == [Code.ALERT_FIRING]
    assert found.clock.at < after(12)


def test_metrics_say_where_it_stands(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet(bad=worse("canary", 0.05, after(3))))

    lines = set(found.told[-1].lines())
    assert 'relrails_canary_state{service="shop",state="NOT_RECOVERED"} 1.0' in lines
    assert 'relrails_canary_not_recovered{service="shop"} 1.0' in lines
    assert 'relrails_canary_verdict{service="shop",verdict="ROLLBACK"} 1.0' in lines
    assert f'relrails_canary_looks_total{{service="shop"}} {float(found.controller.state.look)}' in lines
    evidence = [line for line in lines if line.startswith("relrails_canary_log_e_value{")]
    limits = [line for line in lines if line.startswith("relrails_canary_log_e_limit{")]
    assert len(evidence) == len(limits) == 4


def test_the_state_of_a_run_is_json_that_anybody_can_read(tmp_path: Path) -> None:
    found = ran(tmp_path, Fleet())
    head, *entries = found.controller.journal.path.read_text().splitlines()

    assert json.loads(head)["run"] == "run1"
    assert json.loads(entries[0])["event"]["is"] == "Start"
