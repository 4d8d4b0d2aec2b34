"""A canary from the question whether it may begin to its end, whichever process lives to see it."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from relrails.judge.canary import Blocked, Code, Failed, Override, Phase, Verdict, as_json
from relrails.live.canary.acting import ATTEMPTS, roll_back
from relrails.live.canary.controller import Controller, Run, World
from relrails.live.canary.journal import Journal, JournalError, Written
from relrails.live.canary.metrics import Told
from relrails.live.canary.supervision import Lifeline, supervise
from relrails.live.prometheus import Query, Reply
from relrails.units import exact

PROMOTED, ROLLED_BACK, UNSURE, FAILED = 0, 1, 2, 4
"""The exit codes of a run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What a run is given by whoever started it; see `World` for what is not said here.

    `gate` gives why the run must not begin, or None. `finished` gets the controller when all is done: it is called
    after the rollback, and what it raises changes nothing any more.
    """

    now: Callable[[], float]
    ask: Callable[[Sequence[Query]], Sequence[Reply]]
    gate: Callable[[], Blocked | None]
    overrides: Callable[[], Sequence[Override]]
    publish: Callable[[Told], object]
    say: Callable[[str], object]
    keep: Callable[[Sequence[Reply]], Sequence[dict[str, Any]]]
    finished: Callable[[Controller], object]
    ready: Callable[[], object] = lambda: None
    """Called in the process that watches, before it begins."""


def start(run: Run, journal: Journal, outside: Outside) -> int:
    """Watch a canary under supervision; gives the exit code. A run that was left behind is seen to first."""
    try:
        left = journal.read()
    except JournalError as error:
        return _rescue(run, journal, outside, str(error))
    if left is not None and _began(left):
        why = _not_resumed(run, left, outside.now())
        if why:
            outside.say(f"run {left.head['run']} was left behind and is rolled back: {why}")
            return _rescue(_left(run, left), journal, outside, why)
        outside.say(f"run {left.head['run']} was left behind and is resumed after look {_looks(left)}")
        run = _left(run, left)

    def work(life: Lifeline) -> int:
        outside.ready()
        world = _world(outside, lambda until: life.wait(until - outside.now()))
        controller = Controller(run=run, journal=journal, world=world)
        try:
            _watch(controller, left, outside)
        except Exception as error:  # whatever it is, the canary is rolled back
            controller.tell(Failed(text=f"{type(error).__name__}: {error}", at=outside.now()))
        # From here on nothing stops it.
        controller.world = _world(outside, lambda until: life.pause(until - outside.now()))
        controller.conclude()
        return _over(controller, journal, outside)

    return supervise(work, lambda why: _rescue(run, journal, outside, why), _silence(run))


def recover(run: Run, journal: Journal, outside: Outside) -> int:
    """Roll back the run that was left behind, if there is one."""
    left = journal.read()
    if left is None or not _began(left):
        outside.say("there is no run that was left behind")
        return PROMOTED
    return _rescue(_left(run, left), journal, outside, "its controller is gone")


def _watch(controller: Controller, left: Written | None, outside: Outside) -> None:
    if left is not None and _began(left):
        controller.resume(left.entries)
    else:
        blocked = outside.gate()
        if blocked is not None:
            controller.blocked(blocked)
            return
        controller.run = replace(controller.run, started=outside.now())
        controller.begin()
    controller.watch()


def _rescue(run: Run, journal: Journal, outside: Outside, why: str) -> int:
    """Roll back what somebody else began, from its journal; and without it, where nothing can be made of it."""
    try:
        return _rolled_back(run, journal, outside, why)
    except Exception as error:  # the canary must not outlive this process, whatever is wrong with the journal
        outside.say(f"{type(error).__name__}: {error}; rolling back without the journal")
        if run.policy.rollback is None or run.resolved.mode == "shadow":
            return FAILED
        last = None
        for last in roll_back(run.policy.rollback, run.filled):
            outside.say(last.text)
        return ROLLED_BACK if last is not None and last.ok else FAILED


def _rolled_back(run: Run, journal: Journal, outside: Outside, why: str) -> int:
    def wait(until: float) -> str:
        time.sleep(max(0.0, until - outside.now()))
        return ""

    controller = Controller(run=run, journal=journal, world=_world(outside, wait))
    left = journal.read()
    if left is None:
        return ROLLED_BACK
    controller.run = _left(run, left)
    controller.resume(left.entries)
    if controller.state.phase is Phase.PENDING and not _began(left):
        journal.close(controller.run.id)
        return UNSURE
    if not controller.state.phase.final and controller.state.phase is not Phase.ROLLED_BACK:
        outside.say(why)
        controller.tell(Failed(text=why, at=outside.now()))
    controller.conclude()
    return _over(controller, journal, outside)


def _over(controller: Controller, journal: Journal, outside: Outside) -> int:
    """Do the paperwork, now that everything else is done."""
    try:
        outside.finished(controller)
    except Exception as error:  # an evidence failure never stops a rollback, nor hides one
        outside.say(f"EVIDENCE_WRITE_FAILED: {type(error).__name__}: {error}")
        if controller.state.phase in {Phase.PROMOTED, Phase.VERIFIED, Phase.BLOCKED}:
            return FAILED
    else:
        try:
            journal.close(controller.run.id)
        except OSError as error:
            outside.say(f"the journal stays where it is: {error}")
    return exit_code(controller)


def exit_code(controller: Controller) -> int:
    """Give the exit code of a run: 0 only for a canary that was promoted."""
    phase, decision = controller.state.phase, controller.state.decision
    if phase in {Phase.ROLLBACK_FAILED, Phase.NOT_RECOVERED}:
        return FAILED
    if decision is None:
        return UNSURE
    if decision.shadow:
        return PROMOTED if decision.verdict is Verdict.PROMOTE else ROLLED_BACK
    if phase is Phase.PROMOTED:
        return PROMOTED
    if phase is Phase.BLOCKED:
        blind = all(reason.code in {Code.GATE_NO_DATA, Code.INTERNAL_ERROR} for reason in decision.reasons)
        return UNSURE if blind else ROLLED_BACK
    return ROLLED_BACK


def _began(left: Written) -> bool:
    """Tell whether a run has begun: the gate may have blocked it, or it may have been killed before."""
    return any(entry.get("event", {}).get("is") == "Start" for entry in left.entries)


def _looks(left: Written) -> int:
    return sum(entry.get("event", {}).get("is") == "Observation" for entry in left.entries)


def _not_resumed(run: Run, left: Written, now: float) -> str:
    """Say why a run that was left behind cannot go on; empty where it can."""
    head = left.head
    if head["artifact"] != run.artifact:
        return f"it was of {head['artifact'] or 'no artifact'}, and this is {run.artifact or 'none'}"
    if head["policy"] != as_json(run.resolved):
        return "the policy has changed since"
    events = [entry["event"] for entry in left.entries if "event" in entry]
    last = max((event.get("at", 0.0) for event in events), default=0.0)
    gap, grace = now - last, run.resolved.grace_looks * run.resolved.step
    if gap > grace or math.isnan(gap):
        return f"nobody watched it for {gap:.0f} s, more than {grace:.0f} s"
    if any(event["is"] in {"Acted", "Failed"} for event in events):
        return "it was being concluded"
    return ""


def _left(run: Run, left: Written) -> Run:
    head = left.head
    return replace(
        run,
        id=head["run"],
        artifact=head["artifact"],
        stable=head["stable"],
        started=head["started"],
        drill=head["drill"],
    )


def _world(outside: Outside, wait: Callable[[float], str]) -> World:
    return World(
        now=outside.now,
        wait=wait,
        ask=outside.ask,
        overrides=outside.overrides,
        publish=outside.publish,
        say=outside.say,
        keep=outside.keep,
    )


def _silence(run: Run) -> float:
    """How long the controller may say nothing: the longest that it can be busy."""
    actions = [a for a in (run.policy.rollback, run.policy.promote) if a is not None]
    longest = max((float(exact(action.timeout, "second")) for action in actions), default=0.0)
    return 90.0 + longest * ATTEMPTS
