"""The runner as a whole: what it takes over, what it refuses, and that no fault of its own is silent."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from live.plans import CONTEXT, plan, step, target, until
from live.service import said, service
from live.test_reasons import free_port
from relrails.live.probe.log import Log
from relrails.live.probe.outcome import Run
from relrails.live.probe.pending import Pending
from relrails.live.probe.plan import Plan
from relrails.live.probe.reading import Read
from relrails.live.probe.runner import Runner
from relrails.live.probe.walker import Walker
from relrails.probe import Target, expect, get
from relrails.probe.names import EGRESS_OK


def a_runner(folder: Path, **given: Any) -> Runner:
    async def reread() -> Read:
        return given["read"]  # type: ignore[no-any-return] # what the test gave

    return Runner(log=Log(folder / "log"), pending=Pending(None), reread=reread, context=CONTEXT)


def visiting(name: str, url: str, **given: Any) -> Plan:
    return plan(step("only", get("/"), target(url, name=name), timeout=1.0), journey=name, **given)


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def journeys(runner: Runner) -> list[str]:
    return [walker.plan.journey for walker in runner._walkers.values()]


def test_a_journey_that_did_not_change_goes_on_undisturbed(tmp_path: Path) -> None:
    async def visit() -> None:
        runner = a_runner(tmp_path)
        runner.adopt((visiting("a", "http://127.0.0.1:1"), visiting("b", "http://127.0.0.1:1")))
        before = dict(runner._walkers)
        runner.adopt(
            (visiting("a", "http://127.0.0.1:1"), visiting("b", "http://127.0.0.1:2"), visiting("c", "http://h"))
        )
        assert journeys(runner) == ["a", "b", "c"]
        assert runner._walkers["test", "a"] is before["test", "a"]
        assert runner._walkers["test", "b"] is not before["test", "b"]

    asyncio.run(visit())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (plan(step("only", get("/"), Target(name="t", url="gopher://x"))), "no http or https URL"),
        (plan(step("only", get("/"), Target(name="t", url="http://x", networks=("10.0.0.1/8",)))), "host bits set"),
        (
            plan(step("only", get("/"), target("http://x"), expect=(expect.body(matches="(?=x)"),))),
            "regular expression",
        ),
        (plan(step("only", get("/"), target("http://x"), until=(expect.json("$["),))), "no JSONPath"),
    ],
)
def test_what_cannot_be_walked_is_refused_whole(tmp_path: Path, wrong: Plan, why: str) -> None:
    async def visit() -> None:
        runner = a_runner(tmp_path, read=Read((visiting("b", "http://127.0.0.1:2"), wrong), ""))
        runner.adopt((visiting("a", "http://127.0.0.1:1"),))
        assert not await runner.reload()
        assert journeys(runner) == ["a"]

    asyncio.run(visit())
    assert why in events(tmp_path)[-1]["why"]


def walked(runner: Runner, *names: str) -> list[Walker]:
    found = [runner._walkers["test", name] for name in names]
    for walker in found:
        walker.tick(0)
    return found


async def done(walkers: list[Walker]) -> None:
    await until(lambda: all(walker._run is not None and walker._run.done() for walker in walkers))


def test_the_runner_says_that_it_is_cut_off_only_where_several_hosts_are_gone_at_once(tmp_path: Path) -> None:
    async def visit() -> None:
        async with service() as it:
            it.on("/", said(500))
            runner = a_runner(tmp_path)
            assert f"{EGRESS_OK} 1" in runner.metrics()
            gone = [f"http://127.0.0.1:{free_port()}", f"http://127.0.0.2:{free_port()}"]
            runner.adopt((visiting("a", gone[0]), visiting("b", gone[0])))
            await done(walked(runner, "a", "b"))
            assert f"{EGRESS_OK} 1" in runner.metrics()  # one service that is down is no fault of ours
            runner.adopt((visiting("a", gone[0]), visiting("b", gone[1])))
            await done(walked(runner, "a", "b"))
            assert f"{EGRESS_OK} 0" in runner.metrics()
            runner.adopt((visiting("a", gone[0]), visiting("b", gone[1]), visiting("c", it.url)))
            await done(walked(runner, "c"))
            assert f"{EGRESS_OK} 1" in runner.metrics()  # a 500 has come over the network

    asyncio.run(visit())


def test_a_fault_of_the_runner_is_counted_logged_and_survived(tmp_path: Path) -> None:
    def broken(_run: Run) -> None:
        raise ZeroDivisionError

    async def visit() -> Walker:
        async with service() as it:
            it.on("/", said(200))
            walker = Walker(visiting("a", it.url), CONTEXT, Pending(None), Log(tmp_path / "log"), broken)
            for _ in range(2):
                walker.tick(0)
                await done([walker])
            return walker

    walker = asyncio.run(visit())
    assert walker.numbers.runs["error"] == 2
    faults = [event for event in events(tmp_path) if event["event"] == "runner_error"]
    assert len(faults) == 2
    assert "ZeroDivisionError" in faults[0]["text"]


def test_health_notices_a_loop_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relrails.live.probe.runner.ALIVE", 0.01)
    runner = a_runner(tmp_path)
    runner._loop = asyncio.new_event_loop()  # it never runs
    assert runner.health() == ["the event loop does not answer within 0.01 s"]
    runner._loop.close()


def test_the_last_twenty_failures_of_each_journey_are_kept(tmp_path: Path) -> None:
    async def visit() -> tuple[list[str], list[str]]:
        runner = a_runner(tmp_path)
        runner.adopt(
            (visiting("a", f"http://127.0.0.1:{free_port()}"), visiting("b", f"http://127.0.0.1:{free_port()}"))
        )
        for _ in range(22):
            await done(walked(runner, "a"))
        await done(walked(runner, "b"))
        found = runner.failures("a")
        assert found is not None
        assert len(runner.failures("b") or []) == 1
        assert runner.failures("c") is None
        ids = [event["trace_id"] for event in events(tmp_path) if event["event"] == "run" and event["journey"] == "a"]
        return [said["trace_id"] for said, _ in found], ids[::-1][:20]

    found, logged = asyncio.run(visit())
    assert found == logged
