"""Walks one journey once: its steps one after another, its clean-up whatever happened, and what came of each."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from relrails.live.probe.budget import RetryBudget
from relrails.live.probe.client import Client
from relrails.live.probe.fault import Fault
from relrails.live.probe.outcome import Run, StepRun
from relrails.live.probe.plan import Plan, PlannedStep
from relrails.live.probe.redact import Redactor
from relrails.live.probe.send import Sender
from relrails.live.probe.template import Known, names, secrets_of
from relrails.live.probe.trace import new_trace_id
from relrails.probe.names import Outcome

PAUSE = 0.5
"""Seconds before a second attempt; one that follows at once meets the same fault."""
CLEAN_UPS = 3
OWN_FAULTS = frozenset({"runner_error", "secret_unavailable"})
"""Reasons that say nothing of the service."""

Remember = Callable[[str, Mapping[str, str]], None]


class Walk:
    """One run. `remember` is told what a clean-up will need, before anything is written and whenever that grows."""

    def __init__(
        self,
        plan: Plan,
        client: Client,
        budget: RetryBudget | None,
        remember: Remember,
        redactor: Redactor | None = None,
    ) -> None:
        self.trace_id = new_trace_id()
        self._plan = plan
        self._client = client
        self._budget = budget
        self._remember = remember
        self._known = Known({"run_id": self.trace_id}, redactor or Redactor())
        self._sensitive = {e.name for s in plan.steps for e in s.extract if e.sensitive}
        self._sender = Sender(plan, client, self._known, self.trace_id)
        self._steps: list[StepRun] = []
        self._wrote = False
        self._retries = self._suppressed = 0

    async def run(self) -> Run:
        """Walk; when it is cancelled it still cleans up, and says so."""
        if self._budget is not None:
            self._budget.earn()
        started, begun, cancelled = time.time(), time.monotonic(), False
        try:
            await self._forward(begun + self._plan.timeout)
        except asyncio.CancelledError:
            cancelled = True
            _stay()
        seconds = time.monotonic() - begun
        clean = await self._clean_up()
        await self._client.hang_up()
        return Run(
            plan=self._plan,
            trace_id=self.trace_id,
            started=started,
            seconds=seconds,
            outcome="cancelled" if cancelled else self._outcome(),
            steps=tuple(self._steps),
            retries=self._retries,
            suppressed=self._suppressed,
            left_over=self._wrote and not clean,
        )

    async def make_up(self, values: Mapping[str, str]) -> bool | None:
        """Clean up after a run that could not; None where that run never learnt what there is to clean up."""
        self._known.values.update(values)
        for step in self._plan.steps:  # a service may repeat what the run of before has sent
            for secret in secrets_of(step.request):
                with suppress(Fault):
                    self._known.reveal(secret)
        always = [s for s in self._plan.steps if s.always]
        needed = {name for step in always for name in names(step.request)}
        if not needed - self._known.values.keys() <= self._sensitive:
            return None
        for step in self._plan.steps:
            learns = {e.name for e in step.extract} & needed - self._known.values.keys()
            if learns and not step.writes and (await self._step(step, time.monotonic() + step.timeout)).reason:
                return False
        clean = await self._clean_up()
        await self._client.hang_up()
        return clean

    @property
    def steps(self) -> Sequence[StepRun]:
        """How the steps went so far."""
        return self._steps

    async def _forward(self, deadline: float) -> None:
        for step in self._plan.steps:
            if step.always:
                continue
            if step.writes:
                self._wrote = True
                self._tell()
            went = await self._step(step, deadline)
            if went.reason is not None and step.scored:
                return
            if self._wrote and step.extract:
                self._tell()

    async def _step(self, step: PlannedStep, deadline: float) -> StepRun:
        failures: list[str] = []
        while True:
            went = await self._sender.step(step, min(time.monotonic() + step.timeout, deadline), tuple(failures))
            if went.reason is None or not self._may_retry(went, len(failures)):
                self._steps.append(went)
                return went
            failures.append(f"{went.reason}: {went.text}")
            self._retries += 1
            await asyncio.sleep(min(PAUSE, max(deadline - time.monotonic(), 0)))

    def _may_retry(self, went: StepRun, tried: int) -> bool:
        retry = self._plan.retry
        # A step that writes may have been carried out, whatever became of its answer.
        if retry is None or self._budget is None or self._wrote or went.always or self._sender.sent:
            return False
        if went.reason not in retry.on or tried >= retry.attempts:
            return False
        if self._budget.take():
            return True
        self._suppressed += 1
        return False

    async def _clean_up(self) -> bool:
        """Run every step that always is, each as often as it needs; one that has nothing to clean up is left out."""
        clean = True
        for step in self._plan.steps:
            if step.always and names(step.request) <= self._known.values.keys():
                clean = await self._insist(step) and clean
            elif step.always and self._wrote:
                clean = False
        return clean

    async def _insist(self, step: PlannedStep) -> bool:
        failures: list[str] = []
        while True:
            went = await self._sender.step(step, time.monotonic() + step.timeout, tuple(failures))
            if went.reason is None or len(failures) + 1 >= CLEAN_UPS:
                self._steps.append(went)
                return went.reason is None
            failures.append(f"{went.reason}: {went.text}")
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(PAUSE * len(failures))

    def _outcome(self) -> Outcome:
        failed = next((s for s in self._steps if s.reason is not None and s.scored and not s.always), None)
        if failed is not None:
            return "error" if failed.reason in OWN_FAULTS else "failure"
        return "flaky" if self._retries else "success"

    def _tell(self) -> None:
        kept = {k: v for k, v in self._known.values.items() if k not in self._sensitive and k != "run_id"}
        self._remember(self.trace_id, kept)


def _stay() -> None:
    """Go on after a cancellation, to clean up."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
