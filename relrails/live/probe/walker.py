"""One journey in the runner: walked when it is due, never twice at a time, cleaned up after, and counted."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Mapping
from traceback import format_exception

from relrails.live.probe.budget import RetryBudget
from relrails.live.probe.client import HttpClient
from relrails.live.probe.log import Log
from relrails.live.probe.numbers import JourneyNumbers
from relrails.live.probe.outcome import Run
from relrails.live.probe.pending import Pending
from relrails.live.probe.plan import Plan
from relrails.live.probe.redact import Redactor
from relrails.live.probe.timetable import Clock, keep_time, phase, wait
from relrails.live.probe.walk import Walk

FAILURES = 20
"""Runs whose failure is kept, for each journey."""
FINISH = 30.0
"""Seconds that a run has to finish when the runner stops."""


class Walker:
    """Walks one journey; ValueError where it cannot be walked. `told` is called with each run that was walked."""

    def __init__(
        self, plan: Plan, context: ssl.SSLContext, pending: Pending, log: Log, told: Callable[[Run], None]
    ) -> None:
        plan.prepare()
        self.plan = plan
        self.numbers = JourneyNumbers(plan)
        self.failures: deque[Run] = deque(maxlen=FAILURES)
        self._client = HttpClient(plan.targets, context)
        self._budget = None if plan.retry is None else RetryBudget(plan.retry.budget, plan.retry.attempts)
        self._redactor = Redactor()
        self._pending = pending
        self._log = log
        self._told = told
        self._run: asyncio.Task[None] | None = None
        self._schedule: asyncio.Task[None] | None = None

    def start(self, clock: Clock) -> None:
        """Begin to run on schedule."""
        first = wait(clock.unix(), phase(*self.plan.key, self.plan.every), self.plan.every)
        self._log.event("scheduled", **self._name, every=self.plan.every, first_in=round(first, 3))
        beat = keep_time(self.plan.every, first, clock, self.tick, self._skip)
        self._schedule = asyncio.create_task(beat)

    def tick(self, late: float) -> None:
        """Begin a run, unless the one before is not over."""
        if self._run is not None and not self._run.done():
            self._skip()
            return
        self.numbers.lateness.observe(late)
        self._run = asyncio.create_task(self._walk(late))

    async def stop(self) -> None:
        """Begin no more runs, let the one that is under way finish in its time, and clean up after it in any case."""
        if self._schedule is not None:
            self._schedule.cancel()
        if self._run is None or self._run.done():
            return
        await asyncio.wait([self._run], timeout=min(self.plan.timeout, FINISH))
        self._run.cancel()  # nothing happens to one that is done
        await asyncio.wait([self._run])

    async def make_up(self) -> None:
        """Clean up after runs that could not, this process's and those before."""
        for left in self._pending.of(*self.plan.key):
            if self._run is not None and not self._run.done() and asyncio.current_task() is not self._run:
                return
            walk = Walk(self.plan, self._client, None, _forget, self._redactor)
            clean = await walk.make_up(left.values)
            said = [f"{step.name}: {step.reason}: {step.text}" for step in walk.steps if step.reason is not None]
            about = {**self._name, "run_id": left.run_id, "trace_id": walk.trace_id, "faults": said}
            if clean:
                self._pending.done(left.run_id)
                self._log.event("cleaned_up", **about)
            elif clean is None:
                self._pending.done(left.run_id)
                self._log.event("clean_up_impossible", **about, why="the run never learnt what it had written")
            else:
                given_up = self._pending.tried(left)
                self._log.event("clean_up_given_up" if given_up else "clean_up_failed", **about, tries=left.tries)

    @property
    def _name(self) -> dict[str, str]:
        return {"journey": self.plan.journey, "env": self.plan.env}

    def _skip(self) -> None:
        self.numbers.skip()
        self._log.event("skipped", **self._name, why="the run before is not over")

    async def _walk(self, late: float) -> None:
        try:
            await self._walk_and_tell(late)
        except Exception as error:  # whatever it is, the next run comes, and this one was not lost silently
            self.numbers.runs["error"] += 1
            said = self._redactor.hide("".join(format_exception(error)))
            self._log.event("runner_error", **self._name, reason="runner_error", text=said)

    async def _walk_and_tell(self, late: float) -> None:
        run = await Walk(self.plan, self._client, self._budget, self._remember, self._redactor).run()
        self.numbers.note(run)
        if run.failed is not None:
            self.failures.append(run)
        if not run.left_over:
            self._pending.done(run.trace_id)
        self._log.event("run", **_fields(run), late=round(late, 6))
        self._told(run)
        if run.outcome != "cancelled" and not run.left_over:
            await self.make_up()

    def _remember(self, run_id: str, values: Mapping[str, str]) -> None:
        self._pending.remember(*self.plan.key, run_id, values)


def _forget(_run_id: str, _values: Mapping[str, str]) -> None:
    """A clean-up is remembered already."""


def _fields(run: Run) -> dict[str, object]:
    failed = run.failed
    fields: dict[str, object] = {
        "journey": run.plan.journey,
        "env": run.plan.env,
        "trace_id": run.trace_id,
        "outcome": run.outcome,
        "seconds": round(run.seconds, 6),
        "steps": [_step(step.name, step.status, step.reason, step.seconds, step.span_id) for step in run.steps],
    }
    if failed is not None:
        fields |= {"step": failed.name, "reason": failed.reason, "text": failed.text}
    if run.retries:
        fields["retries"] = run.retries
    if run.left_over:
        fields["left_over"] = True
    return fields


def _step(name: str, status: int | None, reason: str | None, seconds: float, span_id: str) -> dict[str, object]:
    fields: dict[str, object] = {"step": name, "status": status, "seconds": round(seconds, 6), "span_id": span_id}
    return fields if reason is None else {**fields, "reason": reason}
