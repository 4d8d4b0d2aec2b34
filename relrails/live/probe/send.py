"""Carries out one step: sends its request until the answer is right or the time is over, and judges the answer."""

import asyncio
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from relrails.judge.answer import Answer, NoJsonError, Shortfall, found, shortfall
from relrails.live.probe.client import Client
from relrails.live.probe.fault import Fault
from relrails.live.probe.guard import Phases
from relrails.live.probe.outcome import EXCERPT, StepRun
from relrails.live.probe.plan import Plan, PlannedStep
from relrails.live.probe.template import Known, Origin, fill, origin
from relrails.live.probe.trace import new_span_id, traceparent
from relrails.live.secret import SHORTEST
from relrails.probe.expect import Expectation
from relrails.probe.extract import Extract

AGENT = "relrails-probe"
BIG = 65536
"""Bytes from which a body is judged in a thread, so that no other journey is late."""


@dataclass(slots=True)
class _Progress:
    """How far a step has come."""

    span_id: str = field(default_factory=new_span_id)
    phases: Phases = field(default_factory=Phases)
    line: str = ""
    answer: Answer | None = None
    missing: Shortfall | None = None


class Sender:
    """Sends the requests of one run, each with its own span in the same trace."""

    def __init__(self, plan: Plan, client: Client, known: Known, trace_id: str) -> None:
        self._client = client
        self._known = known
        self._trace_id = trace_id
        self._baggage = f"synthetic=true,relrails.journey={plan.journey},relrails.run={trace_id}"
        self._origins: dict[str, Origin] = {}
        self.sent = False
        """Whether anything of the last request may have reached the service."""

    async def step(self, step: PlannedStep, deadline: float, attempts: tuple[str, ...] = ()) -> StepRun:
        """Carry out a step until a time on the monotonic clock; whatever goes wrong is in what it gives."""
        started, begun, now = time.time(), time.monotonic(), _Progress()
        fault: Fault | None = None
        self.sent = True
        try:
            async with asyncio.timeout(max(deadline - begun, 0)):
                await self._carry_out(step, now)
        except Fault as error:
            fault = error
        except TimeoutError:
            fault = _late(step, now, time.monotonic() - begun)
        except Exception as error:
            fault = Fault("runner_error", "".join(traceback.format_exception(error))[-2000:])
        done = time.monotonic()
        hide = self._known.redactor.hide
        secret = any(wanted.sensitive for wanted in step.extract)
        body = now.answer.text if now.answer is not None and fault is not None and not secret else ""
        if fault is not None:
            self.sent = fault.sent
        return StepRun(
            name=step.name,
            request=hide(now.line or f"{step.request.method} {step.target.url}{step.request.path}"),
            span_id=now.span_id,
            started=started,
            seconds=done - begun,
            phases=now.phases.seconds(done),
            scored=step.scored,
            always=step.always,
            status=None if now.answer is None else now.answer.status,
            reason=None if fault is None else fault.reason,
            text="" if fault is None else hide(fault.text),
            expected="" if fault is None else hide(fault.expected),
            body=hide(body)[:EXCERPT],  # hidden before it is cut, or a part of a secret could be left
            attempts=attempts,
        )

    async def _carry_out(self, step: PlannedStep, now: _Progress) -> None:
        while True:
            answer = await self._send(step, now)
            self._hide_secrets(answer, step.extract)
            await _insist(answer, step.expect)
            now.missing = await _judged(answer, step.until)
            if now.missing is None:
                break
            await asyncio.sleep(step.every)
        for wanted in step.extract:
            self._known.values[wanted.name] = self._extracted(answer, wanted)

    async def _send(self, step: PlannedStep, now: _Progress) -> Answer:
        message = fill(step.request, self._origin(step), self._known)
        now.line = f"{message.method} {message.origin}{message.path}"
        now.phases = Phases()
        headers = {
            "traceparent": traceparent(self._trace_id, now.span_id),
            "baggage": self._baggage,
            "user-agent": AGENT,
        }
        own = {name.lower() for name, _ in message.headers}
        message = message.with_headers((name, value) for name, value in headers.items() if name not in own)
        now.answer = await self._client.send(message, step.largest, now.phases)
        return now.answer

    def _origin(self, step: PlannedStep) -> Origin:
        found = self._origins.get(step.target.url)
        if found is None:
            found = self._origins[step.target.url] = origin(step.target)
        return found

    def _hide_secrets(self, answer: Answer, extracts: Sequence[Extract]) -> None:
        """Hide what will be kept as a secret before anything is said of the answer that has it."""
        for wanted in extracts:
            if wanted.sensitive:
                with suppress(NoJsonError):
                    for value in found(answer, wanted.path):
                        if len(str(value)) >= SHORTEST:
                            self._known.redactor.add(str(value))

    def _extracted(self, answer: Answer, wanted: Extract) -> str:
        try:
            values = found(answer, wanted.path)
        except NoJsonError as error:
            raise Fault("extract", str(error), expected=f"{wanted.path} for {{{wanted.name}}}") from None
        if len(values) != 1 or isinstance(values[0], dict | list) or values[0] is None:
            got = f"{len(values)} values are there" if len(values) != 1 else "it is no text and no number"
            raise Fault("extract", f"{wanted.path}: {got}", expected=f"one value for {{{wanted.name}}}")
        value = values[0] if isinstance(values[0], str) else str(values[0]).lower()
        if wanted.sensitive and len(value) < SHORTEST:
            raise Fault("extract", f"{wanted.path}: it has fewer than {SHORTEST} characters, too few to be hidden")
        return self._known.redactor.add(value) if wanted.sensitive else value


async def _insist(answer: Answer, expectations: Sequence[Expectation]) -> None:
    missing = await _judged(answer, expectations)
    if missing is not None:
        raise Fault(missing.reason, f"expected {missing.expected}; got {missing.got}", expected=missing.expected)


async def _judged(answer: Answer, expectations: Sequence[Expectation]) -> Shortfall | None:
    if len(answer.body) < BIG:
        return shortfall(answer, expectations)
    return await asyncio.to_thread(shortfall, answer, expectations)


def _late(step: PlannedStep, now: _Progress, seconds: float) -> Fault:
    if now.missing is not None:
        said = f"after {seconds:.1f} s still {now.missing.got}, where {now.missing.expected} was waited for"
        return Fault("poll_timeout", said, expected=now.missing.expected)
    at = now.phases
    doing = next(
        (
            name
            for name, end in (
                ("resolving the name", at.resolved or at.sent),
                ("connecting", at.connected or at.sent),
                ("securing the connection", at.secured or at.sent or not step.target.url.startswith("https:")),
                ("sending", at.sent),
                ("waiting for an answer", at.first),
            )
            if not end
        ),
        "reading the answer",
    )
    return Fault("timeout", f"not done after {seconds:.1f} s of {step.timeout:g}: {doing}")
