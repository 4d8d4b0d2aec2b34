"""When journeys run: at a fixed rate, spread over their interval, the same after a restart, never two at a time."""

import asyncio
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.plans import CONTEXT, plan, step, target, until
from live.service import json_of, said, service, silence
from relrails.live.probe.log import Log
from relrails.live.probe.pending import TRIES, Pending
from relrails.live.probe.timetable import GRACE, keep_time, phase, wait
from relrails.live.probe.walker import Walker
from relrails.probe import Extract, delete, get, post
from relrails.probe.names import Outcome


class Stop(Exception):  # noqa: N818 - how a test ends what goes on for ever
    """The test has seen enough."""


class FakeClock:
    """A clock that a test moves; each sleep takes as long as it says, and what `stalls` says besides."""

    def __init__(self, until: float, stalls: Callable[[float], float] = lambda _now: 0) -> None:
        self.now = 0.0
        self._until = until
        self._stalls = stalls

    def unix(self) -> float:
        return 1_000_000 + self.now

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.now += self._stalls(self.now)
        if self.now > self._until:
            raise Stop


def times(clock: FakeClock, every: float, first: float, cost: float = 0) -> tuple[list[float], list[float], int]:
    began: list[float] = []
    late: list[float] = []
    missed: list[None] = []

    def tick(lateness: float) -> None:
        began.append(clock.now)
        late.append(lateness)
        clock.now += cost

    with pytest.raises(Stop):
        asyncio.run(keep_time(every, first, clock, tick, lambda: missed.append(None)))
    return began, late, len(missed)


def test_the_rate_is_fixed_whatever_a_run_costs() -> None:
    began, late, missed = times(FakeClock(100), every=10, first=3, cost=2.5)
    assert began == [3, 13, 23, 33, 43, 53, 63, 73, 83, 93]
    assert set(late) == {0}
    assert missed == 0


def test_runs_that_went_by_are_counted_and_not_made_up() -> None:
    stalls = {23.0: 34.0}
    began, late, missed = times(FakeClock(100, lambda now: stalls.pop(now, 0)), every=10, first=3)
    assert began == [3, 13, 57, 63, 73, 83, 93]
    assert late[2] == 4
    assert missed == 3


@given(st.text(min_size=1), st.text(min_size=1), st.floats(1, 3600))
def test_a_phase_is_within_the_interval_and_always_the_same(env: str, journey: str, every: float) -> None:
    assert 0 <= phase(env, journey, every) < every
    assert phase(env, journey, every) == phase(env, journey, every)


def test_phases_are_spread() -> None:
    found = sorted(phase("prod", f"journey_{n}", 60) for n in range(1000))
    # The largest gap between 1,000 even points is 0.06; random ones have a gap of 7 times that now and then.
    assert max(b - a for a, b in pairwise(found)) < 1
    assert phase("prod", "a", 60) != phase("staging", "a", 60)


@given(unix=st.floats(1.6e9, 2e9), at=st.floats(0, 0.999), every=st.sampled_from([5.0, 60.0, 300.0]))
def test_the_first_run_is_at_its_phase_of_the_clock_and_not_at_once(unix: float, at: float, every: float) -> None:
    first = wait(unix, at * every, every)
    assert GRACE <= first <= every + GRACE
    off = (unix + first - at * every) % every
    assert min(off, every - off) < 1e-5


def events(file: Path, kind: str) -> list[dict[str, object]]:
    return [event for line in file.read_text().splitlines() if (event := json.loads(line))["event"] == kind]


def test_a_run_that_is_not_over_lets_the_next_be_skipped(tmp_path: Path) -> None:
    async def visit() -> tuple[dict[Outcome, int], int]:
        async with service() as it:
            it.on("/", silence)
            wanted = plan(step("only", get("/"), target(it.url), timeout=0.3))
            log = Log(tmp_path / "log")
            walker = Walker(wanted, CONTEXT, Pending(None), log, lambda _: None)
            for _ in range(3):
                walker.tick(0)
                await asyncio.sleep(0.01)
            await walker.stop()
            return dict(walker.numbers.runs), len(it.asked)

    runs, asked = asyncio.run(visit())
    assert (runs["skipped"], runs["failure"], asked) == (2, 1, 1)
    assert len(events(tmp_path / "log", "skipped")) == 2


def test_what_is_left_over_is_cleaned_up_after_the_next_run_and_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relrails.live.probe.walk.PAUSE", 0.001)

    async def visit() -> None:
        async with service() as it:
            at = target(it.url)
            it.on("/orders", json_of({"id": "o-1"}), json_of({"id": "o-2"}), json_of({"id": "o-3"}))
            it.on("/orders/o-1", said(500)).on("/orders/o-2", said(200)).on("/orders/o-3", said(200))
            wanted = plan(
                step("create", post("/orders"), at, extract=(Extract(path="$.id", name="order"),), writes=True),
                step("cleanup", delete("/orders/{order}"), at, always=True, scored=False),
            )
            log = Log(tmp_path / "log")

            async def run_once(pending: Pending) -> None:
                walker = Walker(wanted, CONTEXT, pending, log, lambda _: None)
                walker.tick(0)
                await until(lambda: walker._run is not None and walker._run.done())

            await run_once(Pending(tmp_path / "state"))
            assert len(Pending(tmp_path / "state").of("test", "walked")) == 1
            await run_once(Pending(tmp_path / "state"))  # a new process, as far as the folder knows
            assert len(events(tmp_path / "log", "clean_up_failed")) == 1
            it.on("/orders/o-1", said(200))
            await run_once(Pending(tmp_path / "state"))
            assert it.lines.count("DELETE /orders/o-1") > 3

    asyncio.run(visit())
    assert [event["run_id"] for event in events(tmp_path / "log", "cleaned_up")]
    assert not list((tmp_path / "state").iterdir())


def test_what_cannot_be_cleaned_up_is_given_up_and_that_is_said(tmp_path: Path) -> None:
    pending = Pending(tmp_path)
    pending.remember("test", "walked", "1", {"order": "o-1"})
    (left,) = pending.of("test", "walked")
    told = [pending.tried(left) for _ in range(TRIES)]
    assert told == [False] * (TRIES - 1) + [True]
    assert not pending.of("test", "walked")
    assert not list(tmp_path.iterdir())


def test_a_file_of_the_state_that_cannot_be_read_is_named_and_harms_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("a.json", "{"), ("b.json", "[]"), ("c.json", '{"env": "x"}'), ("d.json", "\0")):
        (tmp_path / name).write_text(text)
    assert Pending(tmp_path).of("test", "walked") == ()
    said = capsys.readouterr().err
    assert all(f"{name}.json cannot be read" in said for name in "abcd")


def test_a_state_that_cannot_be_written_is_said_and_kept_in_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pending = Pending(tmp_path / "state")
    (tmp_path / "state").rmdir()
    pending.remember("test", "walked", "1", {"order": "o-1"})
    assert len(pending.of("test", "walked")) == 1
    assert "cannot be written" in capsys.readouterr().err
