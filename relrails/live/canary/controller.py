"""The controller: looks when it is due, tells the judge, and does what is decided; the world comes in as arguments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from relrails.canary import Policy
from relrails.judge.canary import (
    Acted,
    Blocked,
    Code,
    Event,
    Failed,
    Override,
    Phase,
    ResolvedPolicy,
    Start,
    State,
    as_json,
    from_json,
    step,
)
from relrails.live.canary.acting import act, balancer, roll_back
from relrails.live.canary.command import Done
from relrails.live.canary.history import PASTS, Past
from relrails.live.canary.journal import Journal
from relrails.live.canary.looking import SETTLE, Look, Seen
from relrails.live.canary.memory import seen_from_json, seen_json
from relrails.live.canary.metrics import Told
from relrails.live.canary.ramp import Ramp
from relrails.live.canary.recovery import Verifying
from relrails.live.canary.sources import Sources
from relrails.live.prometheus import Query, Reply
from relrails.service import Service
from relrails.units import exact

HEAR = 5.0
"""Seconds after which at the latest a person's decision is heard."""


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """All that is not the controller: the time, waiting, Prometheus, people, and who listens.

    `wait` waits until a moment and gives why it has to stop, or an empty text. `overrides` gives what people have
    decided since it was asked last, checked already.
    """

    now: Callable[[], float]
    wait: Callable[[float], str]
    ask: Callable[[Sequence[Query]], Sequence[Reply]]
    overrides: Callable[[], Sequence[Override]] = tuple
    publish: Callable[[Told], object] = lambda _: None
    say: Callable[[str], object] = lambda _: None
    keep: Callable[[Sequence[Reply]], Sequence[Mapping[str, Any]]] = lambda _: ()
    """Keeps raw answers; gives what the journal notes of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One canary: what is judged by which policy, since when."""

    id: str
    service: Service
    policy: Policy
    resolved: ResolvedPolicy
    sources: Sources
    artifact: str
    stable: str
    started: float
    drill: bool = False

    @property
    def head(self) -> dict[str, Any]:
        """What the journal begins with."""
        return {
            "run": self.id,
            "service": self.service.name,
            "artifact": self.artifact,
            "stable": self.stable,
            "started": self.started,
            "drill": self.drill,
            "policy": as_json(self.resolved),
        }

    @property
    def filled(self) -> dict[str, str]:
        """What is filled in in the arguments of an action."""
        return {"artifact": self.artifact, "service": self.service.name}

    @property
    def scrape(self) -> float:
        """Seconds between two scrapes."""
        return float(exact(self.service.scrape_interval, "second"))


@dataclass(slots=True)
class Controller:
    """Watches one canary from its start to its end."""

    run: Run
    journal: Journal
    world: World
    state: State = field(default_factory=State)
    events: list[Event] = field(default_factory=list)
    actions: list[Done] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)
    unwritten: str = ""
    """Why the journal could not be written, if it could not."""
    void_looks: int = 0
    share: float | None = None
    _held: float | None = None

    def blocked(self, event: Blocked) -> None:
        """The gate did not let it begin."""
        self.journal.begin(self.run.head)
        self.tell(event)

    def begin(self) -> None:
        """Look at the past, give the canary its traffic, and start."""
        run, at = self.run, self.world.now() - SETTLE
        self.journal.begin(run.head)
        for span in PASTS:
            past = Past(run.sources, at, run.resolved.step, span)
            replies = self.world.ask(past.queries)
            if past.answered(replies):
                break
        before, dispersion = past.read(replies)
        # Counters are marked before there is traffic, so that none of the canary's first answers is lost.
        look = Look(run.sources, self.seen, at, run.scrape, run.resolved.step)
        _, self.seen = look.read(self.world.ask(look.queries), 0, 0, None)
        share = None if run.policy.traffic_share is None else float(exact(run.policy.traffic_share, "ratio"))
        start = Start(
            artifact=run.artifact, at=run.started, share=share, dispersion=dispersion, before=before, drill=run.drill
        )
        self.tell(start, self.seen, replies)

    def resume(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Take up a run where its journal ends."""
        for entry in entries:
            if "event" in entry:
                event: Event = from_json(Event, entry["event"])
                self.events.append(event)
                self.state = step(self.state, event, self.run.resolved)
            if "seen" in entry:
                self.seen = seen_from_json(entry["seen"])
            if "action" in entry:
                self.actions.append(Done(**{**entry["action"], "argv": tuple(entry["action"]["argv"])}))
            self.void_looks = entry.get("void_looks", self.void_looks)
        self._publish()

    def watch(self) -> None:
        """Look once every step until something is decided."""
        run, world = self.run, self.world
        ramp = Ramp(run.policy, run.resolved, balancer(run.policy), self.state.look)
        while self.state.phase.watching:
            fault = ramp.raise_for(self.state.look)
            if fault:
                self.tell(Failed(text=fault, at=world.now()))
                return
            self.share = ramp.share
            due = run.started + (int((world.now() - run.started) / run.resolved.step + 1e-6) + 1) * run.resolved.step
            stopped = self._wait(due)
            if stopped:
                self.tell(Failed(text=stopped, at=world.now()))
                return
            if self.state.phase.watching:
                self._look()
            self._undecided()

    def _wait(self, due: float) -> str:
        """Wait for the next look, and hear people meanwhile."""
        while True:
            for override in self.world.overrides():
                self.tell(override)
            if not self.state.phase.watching:
                return ""
            stopped = self.world.wait(min(due, self.world.now() + HEAR))
            if stopped or self.world.now() >= due:
                return stopped

    def _look(self) -> None:
        run, now = self.run, self.world.now()
        look = Look(run.sources, self.seen, now - SETTLE, run.scrape, run.resolved.step)
        replies = self.world.ask(look.queries)
        observation, seen = look.read(replies, self.state.look + 1, now - run.started, self.share)
        before = self.state.voids
        self.tell(observation, seen, replies)
        if self.state.voids > before or observation.flaws:
            self.void_looks += 1
        self._publish()

    def _undecided(self) -> None:
        """End what is held for a person and nobody decides: an unwatched canary is the one thing that must not be."""
        if self.state.phase is not Phase.INCONCLUSIVE:
            self._held = None
            return
        now = self.world.now()
        self._held = now if self._held is None else self._held
        if now - self._held >= self.run.resolved.hold_max:
            text = f"inconclusive, held for {now - self._held:.0f} s, and nobody decided"
            self.tell(Failed(text=text, code=Code.DEADLINE_EXCEEDED, at=now))

    def conclude(self) -> None:
        """Do what was decided, until nothing is left to do. In shadow mode that is nothing."""
        if self.run.resolved.mode == "shadow":
            return
        while not self.state.phase.final:
            match self.state.phase:
                case Phase.PROMOTE:
                    self._promote()
                case Phase.ROLLBACK | Phase.ROLLING_BACK:
                    self._roll_back()
                case Phase.ROLLED_BACK:
                    self._verify()
                case _:
                    self.tell(Failed(text="the controller ended without a decision", at=self.world.now()))

    def _promote(self) -> None:
        action = self.run.policy.promote
        self.tell(Acted(kind="promote", result="begun", at=self.world.now()))
        if action is None:
            text = "the policy has no action for it: whoever started the run goes on"
            self.tell(Acted(kind="promote", result="done", text=text, at=self.world.now()))
            return
        done = act("promote", action, self.run.filled)
        self._note(done)
        self.tell(Acted(kind="promote", result="done" if done.ok else "failed", text=done.text, at=self.world.now()))

    def _roll_back(self) -> None:
        action = self.run.policy.rollback
        self.tell(Acted(kind="rollback", result="begun", at=self.world.now()))
        if action is None:
            text = "the policy has no action for it: roll back by hand"
            self.tell(Acted(kind="rollback", result="failed", text=text, at=self.world.now()))
            return
        last = None
        for last in roll_back(action, self.run.filled, lambda seconds: self.world.wait(self.world.now() + seconds)):
            self.actions.append(last)
        result, text = ("done", last.text) if last is not None and last.ok else ("failed", last.text if last else "")
        self.tell(Acted(kind="rollback", result=result, text=text, at=self.world.now()))  # type: ignore[arg-type] # one of two literals
        for done in self.actions:
            self._write({"action": _action(done)})

    def _verify(self) -> None:
        run, world = self.run, self.world
        before = {} if self.state.start is None else self.state.start.before
        verifying = Verifying(
            policy=run.policy,
            resolved=run.resolved,
            sources=run.sources,
            scrape=run.scrape,
            ask=world.ask,
            now=world.now,
            wait=world.wait,
        )
        self.tell(verifying.recovered(before))

    def _note(self, done: Done) -> None:
        self.actions.append(done)
        self._write({"action": _action(done)})

    def tell(self, event: Event, seen: Seen | None = None, replies: Sequence[Reply] = ()) -> None:
        """Let the judge hear of an event, and remember it before anything is done about it."""
        old = self.state
        self.state = step(old, event, self.run.resolved)
        self.events.append(event)
        entry: dict[str, Any] = {"event": as_json(event), "void_looks": self.void_looks}
        if seen is not None:
            self.seen = seen
            entry["seen"] = seen_json(seen)
        if replies:
            entry["queries"] = list(self.world.keep(replies))
        self._write(entry)
        if isinstance(event, Override) and event.rejected:
            self.world.say(f"OVERRIDE_REJECTED {event.id}: {event.rejected}")
        if self.state.phase is not old.phase:
            reasons = ", ".join(dict.fromkeys(reason.code.value for reason in self.state.reasons))
            self.world.say(f"{old.phase} -> {self.state.phase}" + (f": {reasons}" if reasons else ""))
            for reason in self.state.reasons:
                self.world.say(f"  {reason.code}{f' {reason.check}' if reason.check else ''}: {reason.text}")
        self._publish()

    def _write(self, entry: Mapping[str, Any]) -> None:
        if self.unwritten:
            return
        try:
            self.journal.append(entry)
        except OSError as error:
            # A rollback goes on without its paper; a canary that nobody would remember after a crash does not.
            self.unwritten = str(error)
            if self.state.phase.watching or self.state.phase is Phase.PROMOTE:
                text = f"the journal cannot be written, so a crash would be forgotten: {error}"
                self.tell(Failed(text=text, code=Code.EVIDENCE_WRITE_FAILED, at=self.world.now()))

    def _publish(self) -> None:
        run = self.run
        self.world.publish(
            Told(
                service=run.service.name,
                run=run.id,
                artifact=run.artifact,
                policy=run.resolved,
                state=self.state,
                share=self.share,
                void_looks=self.void_looks,
            )
        )


def _action(done: Done) -> dict[str, Any]:
    return {
        "name": done.name,
        "argv": list(done.argv),
        "started": done.started,
        "ended": done.ended,
        "exit_code": done.exit_code,
        "output": done.output,
    }
