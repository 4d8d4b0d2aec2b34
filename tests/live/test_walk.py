"""How a journey is walked: what follows what, what is tried again, what is cleaned up, and what it comes to."""

import asyncio
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from live.plans import CONTEXT, RETRY, nothing, plan, step, target, until, walk
from live.service import Asked, Service, json_of, raw, said, service, silence
from live.test_reasons import free_port
from relrails.live.probe.budget import RetryBudget
from relrails.live.probe.client import HttpClient
from relrails.live.probe.outcome import Run
from relrails.live.probe.plan import Plan, PlannedRetry, PlannedStep
from relrails.live.probe.walk import Walk
from relrails.probe import Extract, delete, expect, get, post


def test_steps_follow_one_another_and_hand_on_what_they_keep() -> None:
    async def visit() -> tuple[Run, list[Asked]]:
        async with service() as it:
            it.on("/login", json_of({"token": "tok-1234", "n": 7})).on("/a/x%2F..%2Fy/7", said(200))
            it.on("/ids", json_of({"id": "x/../y"}))
            at = target(it.url)
            kept = (Extract(path="$.token", name="token", sensitive=True), Extract(path="$.n", name="n"))
            run = await walk(
                plan(
                    step("login", post("/login", form={"who": "a b"}), at, extract=kept),
                    step("ids", get("/ids", query={"n": "{n} &"}), at, extract=(Extract(path="$.id", name="id"),)),
                    step("use", get("/a/{id}/{n}", headers={"authorization": "Bearer {token}"}), at),
                )
            )
            return run, it.asked

    run, asked = asyncio.run(visit())
    assert run.outcome == "success", run
    assert [a.line for a in asked] == ["POST /login", "GET /ids?n=7+%26", "GET /a/x%2F..%2Fy/7"]
    assert asked[0].body == b"who=a+b"
    assert asked[2].headers["authorization"] == "Bearer tok-1234"


def test_the_trace_id_goes_along_and_each_step_has_its_span() -> None:
    async def visit() -> tuple[Run, list[Asked]]:
        async with service() as it:
            it.on("/", said(200))
            run = await walk(plan(step("one", get("/"), target(it.url)), step("two", get("/"), target(it.url))))
            return run, it.asked

    run, asked = asyncio.run(visit())
    assert [a.headers["traceparent"] for a in asked] == [f"00-{run.trace_id}-{s.span_id}-01" for s in run.steps]
    assert run.trace_id.isdecimal()
    assert len({s.span_id for s in run.steps}) == 2
    assert f"relrails.run={run.trace_id}" in asked[0].headers["baggage"]


def test_connections_are_kept_within_a_run_and_made_anew_for_the_next() -> None:
    async def visit() -> int:
        async with service() as it:
            it.on("/", said(200))
            wanted = plan(*(step(f"s{n}", get("/"), target(it.url)) for n in range(5)))
            client = HttpClient(wanted.targets, CONTEXT)
            for _ in range(2):
                assert (await Walk(wanted, client, None, nothing).run()).outcome == "success"
            return it.connections

    assert asyncio.run(visit()) == 2


def test_a_failed_step_ends_the_run_but_not_where_it_is_not_scored() -> None:
    async def visit(scored: bool) -> list[str]:
        async with service() as it:
            it.on("/bad", said(500)).on("/good", said(200))
            at = target(it.url)
            run = await walk(plan(step("bad", get("/bad"), at, scored=scored), step("good", get("/good"), at)))
            return [run.outcome, *it.lines]

    assert asyncio.run(visit(True)) == ["failure", "GET /bad"]
    assert asyncio.run(visit(False)) == ["success", "GET /bad", "GET /good"]


def test_a_poll_asks_until_it_is_so_and_keeps_what_it_then_finds() -> None:
    async def visit() -> tuple[Run, list[str]]:
        async with service() as it:
            it.on("/job", *[json_of({"state": "queued"})] * 3, json_of({"state": "ready", "pack": "p1"}))
            it.on("/p1", said(200))
            at = target(it.url)
            ready = (expect.json("$.state", equals="ready"),)
            kept = (Extract(path="$.pack", name="pack"),)
            run = await walk(
                plan(
                    step("ready", get("/job"), at, until=ready, every=0.01, extract=kept),
                    step("fetch", get("/{pack}"), at),
                )
            )
            return run, it.lines

    run, lines = asyncio.run(visit())
    assert run.outcome == "success"
    assert lines == ["GET /job"] * 4 + ["GET /p1"]


def test_an_answer_that_breaks_what_is_expected_ends_a_poll_at_once() -> None:
    async def visit() -> tuple[Run, list[str]]:
        async with service() as it:
            it.on("/job", json_of({"state": "queued"}), said(500))
            ready = (expect.json("$.state", equals="ready"),)
            run = await walk(plan(step("ready", get("/job"), target(it.url), until=ready, every=0.01)))
            return run, it.lines

    run, lines = asyncio.run(visit())
    assert run.failed is not None
    assert run.failed.reason == "http_5xx"
    assert len(lines) == 2


class OpensLater:
    """A port on which somebody listens only when the first attempt has failed."""

    def __init__(self) -> None:
        self.port = free_port()
        self.asked: list[str] = []

    async def open_after(self, seconds: float) -> asyncio.Server:
        await asyncio.sleep(seconds)
        it = Service().on("/", said(200))
        self.asked = []
        return await asyncio.start_server(it.serve, "127.0.0.1", self.port)


def test_a_second_attempt_that_succeeds_is_flaky_and_no_success() -> None:
    async def visit() -> Run:
        late = OpensLater()
        opening = asyncio.create_task(late.open_after(0.1))
        at = target(f"http://127.0.0.1:{late.port}")
        run = await walk(plan(step("only", get("/"), at), retry=RETRY), budget=RetryBudget(0.1, 1))
        (await opening).close()
        return run

    run = asyncio.run(visit())
    assert run.outcome == "flaky"
    assert run.retries == 1
    assert len(run.steps) == 1
    assert "Connection refused" in run.steps[0].attempts[0]


def closed(**given: Any) -> PlannedStep:
    return step("closed", get("/"), target(f"http://127.0.0.1:{free_port()}"), **given)


def test_retries_stop_where_the_budget_does() -> None:
    async def visit() -> list[Run]:
        budget = RetryBudget(0.1, 1)
        return [await walk(plan(closed(), retry=RETRY), budget=budget) for _ in range(3)]

    runs = asyncio.run(visit())
    assert [run.retries for run in runs] == [1, 0, 0]
    assert [run.suppressed for run in runs] == [0, 1, 1]


def test_nothing_is_tried_again_after_a_step_that_writes() -> None:
    async def visit() -> Run:
        async with service() as it:
            it.on("/", said(200))
            steps = (step("write", post("/"), target(it.url), writes=True), closed())
            return await walk(plan(*steps, retry=RETRY), budget=RetryBudget(0.1, 1))

    run = asyncio.run(visit())
    assert run.outcome == "failure"
    assert (run.retries, run.suppressed) == (0, 0)


def test_what_may_have_arrived_is_never_sent_again() -> None:
    async def visit() -> tuple[Run, int]:
        async with service() as it:
            it.on("/", raw(b""))
            run = await walk(plan(step("only", get("/"), target(it.url)), retry=RETRY), budget=RetryBudget(0.1, 1))
            return run, len(it.asked)

    run, asked = asyncio.run(visit())
    assert run.failed is not None
    assert run.failed.reason == "connect"
    assert asked == 1


def test_an_answer_that_is_wrong_is_never_asked_for_again() -> None:
    async def visit() -> int:
        async with service() as it:
            it.on("/", said(503))
            everything = PlannedRetry(on=frozenset({"http_5xx", "connect", "dns"}), attempts=5, budget=1)
            await walk(plan(step("only", get("/"), target(it.url)), retry=everything), budget=RetryBudget(1, 5))
            return len(it.asked)

    assert asyncio.run(visit()) == 1


@given(share=st.floats(0.01, 1), runs=st.integers(1, 400))
def test_retries_never_exceed_their_share_of_the_runs(share: float, runs: int) -> None:
    budget, taken = RetryBudget(share, 1), 0
    for _ in range(runs):
        budget.earn()
        taken += budget.take()
    assert taken <= runs * share + 1 + 1e-6
    assert taken >= int(runs * share) - 1


def an_order(it: Service, **create: Any) -> Plan:
    at = target(it.url)
    kept = (Extract(path="$.id", name="order"),)
    return plan(
        step("create", post("/orders", json={"key": "{run_id}"}), at, extract=kept, writes=True, **create),
        step("look", get("/orders/o-1"), at),
        step("cleanup", delete("/orders/{order}"), at, always=True, scored=False, timeout=0.5),
    )


def test_what_was_written_is_cleaned_up_whatever_happened() -> None:
    async def visit(looks: int) -> tuple[Run, list[str]]:
        async with service() as it:
            it.on("/orders", json_of({"id": "o-1"})).on("/orders/o-1", said(looks), said(200))
            return await walk(an_order(it)), it.lines

    for looks, outcome in ((200, "success"), (500, "failure")):
        run, lines = asyncio.run(visit(looks))
        assert run.outcome == outcome
        assert lines[-1] == "DELETE /orders/o-1"
        assert not run.left_over


def test_there_is_nothing_to_clean_up_where_nothing_was_written() -> None:
    async def visit() -> tuple[Run, list[str]]:
        async with service() as it:
            at = target(it.url)
            wanted = an_order(it)
            first = step("login", get("/login"), at)
            return await walk(plan(first, *wanted.steps)), it.lines

    run, lines = asyncio.run(visit())
    assert lines == ["GET /login"]
    assert not run.left_over
    assert [s.name for s in run.steps] == ["login"]


def test_a_clean_up_is_tried_three_times_and_then_left_over() -> None:
    async def visit(*answers: int) -> tuple[Run, list[str]]:
        async with service() as it:
            it.on("/orders", json_of({"id": "o-1"})).on("/orders/o-1", said(200), *map(said, answers))
            return await walk(an_order(it)), it.lines

    run, lines = asyncio.run(visit(500, 200))
    assert lines.count("DELETE /orders/o-1") == 2
    assert not run.left_over
    run, lines = asyncio.run(visit(500))
    assert lines.count("DELETE /orders/o-1") == 3
    assert run.left_over
    assert run.outcome == "success"  # the journey works; what is left over is another matter
    assert run.steps[-1].reason == "http_5xx"


def test_a_write_whose_answer_was_lost_is_left_over() -> None:
    async def visit() -> Run:
        async with service() as it:
            it.on("/orders", silence)
            return await walk(an_order(it, timeout=0.1))

    run = asyncio.run(visit())
    assert run.outcome == "failure"
    assert run.left_over


def test_a_run_that_is_cancelled_cleans_up_all_the_same() -> None:
    async def visit() -> tuple[Run, list[str]]:
        async with service() as it:
            it.on("/orders", json_of({"id": "o-1"})).on("/orders/o-1", silence, said(200))
            wanted = an_order(it)
            running = asyncio.create_task(walk(wanted))
            await until(lambda: "GET /orders/o-1" in it.lines)
            running.cancel()
            return await running, it.lines

    run, lines = asyncio.run(visit())
    assert run.outcome == "cancelled"
    assert lines[-1] == "DELETE /orders/o-1"
    assert not run.left_over


def test_what_a_clean_up_needs_is_remembered_before_anything_is_written_and_without_secrets() -> None:
    async def visit() -> list[tuple[dict[str, str], int]]:
        async with service() as it:
            it.on("/login", json_of({"token": "tok-1234"})).on("/orders", json_of({"id": "o-1"}))
            at = target(it.url)
            login = step("login", get("/login"), at, extract=(Extract(path="$.token", name="token", sensitive=True),))
            wanted = plan(login, *an_order(it).steps)
            told: list[tuple[dict[str, str], int]] = []

            def remember(run_id: str, values: Mapping[str, str]) -> None:
                told.append((dict(values), len(it.asked)))

            await Walk(wanted, HttpClient(wanted.targets, CONTEXT), None, remember).run()
            return told

    assert asyncio.run(visit()) == [({}, 1), ({"order": "o-1"}, 2)]


def test_a_later_clean_up_logs_in_again_and_writes_nothing() -> None:
    async def visit() -> tuple[bool | None, list[Asked]]:
        async with service() as it:
            it.on("/login", json_of({"token": "tok-5678"})).on("/orders/o-9", said(200))
            at = target(it.url)
            login = step("login", get("/login"), at, extract=(Extract(path="$.token", name="token", sensitive=True),))
            kept = (Extract(path="$.id", name="order"),)
            wanted = plan(
                login,
                step("create", post("/orders"), at, extract=kept, writes=True),
                step("cleanup", delete("/orders/{order}", headers={"x-token": "{token}"}), at, always=True),
            )
            walked = Walk(wanted, HttpClient(wanted.targets, CONTEXT), None, nothing)
            return await walked.make_up({"order": "o-9"}), it.asked

    clean, asked = asyncio.run(visit())
    assert clean
    assert [a.line for a in asked] == ["GET /login", "DELETE /orders/o-9"]
    assert asked[1].headers["x-token"] == "tok-5678"


def test_a_later_clean_up_of_something_unknown_is_said_to_be_impossible() -> None:
    async def visit() -> bool | None:
        async with service() as it:
            wanted = an_order(it)
            return await Walk(wanted, HttpClient(wanted.targets, CONTEXT), None, nothing).make_up({})

    assert asyncio.run(visit()) is None
