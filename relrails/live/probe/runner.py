"""The runner: all journeys on their schedule, until it is told to stop."""

import asyncio
import gc
import signal
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from relrails.live.probe import openmetrics, report
from relrails.live.probe.client import shared_context, warm_up
from relrails.live.probe.exposition import Exposition, Pages
from relrails.live.probe.log import Log
from relrails.live.probe.outcome import Run
from relrails.live.probe.pending import Pending
from relrails.live.probe.plan import Plan
from relrails.live.probe.reading import Read
from relrails.live.probe.timetable import Clock, RealClock
from relrails.live.probe.walker import Walker
from relrails.probe.names import BUILD_INFO, EGRESS_OK, LOG_OK

ALIVE = 2.0
"""Seconds in which the event loop must answer to be called well."""
NO_WAY_OUT = frozenset({"dns", "connect"})


class Runner:
    """Walks journeys, and shows how they go. `reread` reads the service files again, for a reload."""

    def __init__(
        self,
        *,
        log: Log,
        pending: Pending,
        reread: Callable[[], Awaitable[Read]],
        version: str = "",
        context: ssl.SSLContext | None = None,
        clock: Clock | None = None,
        told: Callable[[Run], None] = lambda _run: None,
    ) -> None:
        self._log = log
        self._pending = pending
        self._reread = reread
        self._version = version
        self._context = context or shared_context()
        self._clock = clock or RealClock()
        self._told = told
        self._walkers: dict[tuple[str, str], Walker] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._chores: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    async def run(self, plans: tuple[Plan, ...], listen: tuple[str, int], ready: Callable[[str], None]) -> None:
        """Run until SIGTERM or SIGINT; a second one ends it at once. SIGHUP reads the service files again."""
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        shown = Exposition(*listen, self.pages)
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self.stop)
        self._loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        await warm_up(self._context)
        self.adopt(plans)
        shown.start()
        gc.freeze()  # what is there now stays; the collector need not look at it again
        ready(shown.url)
        self._log.event("started", journeys=[plan.journey for plan in plans], version=self._version)
        await self._stopping.wait()
        self._log.event("stopping")
        for chore in self._chores:
            chore.cancel()  # what is left over stays remembered
        await asyncio.gather(*(walker.stop() for walker in self._walkers.values()), *self._leaving)
        self._log.event("stopped")
        self._log.close()
        shown.stop()

    def stop(self) -> None:
        """Stop in good order; the second time, at once."""
        if self._stopping is None:
            return
        if self._stopping.is_set():
            self._log.event("killed", why="asked to stop a second time")
            sys.stdout.flush()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.raise_signal(signal.SIGTERM)
        self._stopping.set()

    def adopt(self, plans: tuple[Plan, ...]) -> None:
        """Take over journeys: new ones begin, changed ones begin anew, those that are gone stop; the rest goes on.

        Raises ValueError where one of them cannot be walked; then nothing has changed.
        """
        wanted = {plan.key: plan for plan in plans}
        kept = {key: walker for key, walker in self._walkers.items() if wanted.get(key) == walker.plan}
        fresh = {
            key: Walker(plan, self._context, self._pending, self._log, self._told)
            for key, plan in wanted.items()
            if key not in kept
        }
        for key, walker in self._walkers.items():
            if key not in kept:
                _in_background(walker.stop(), self._leaving)
        for walker in fresh.values():
            walker.start(self._clock)
            _in_background(walker.make_up(), self._chores)
        self._walkers = dict(sorted((kept | fresh).items()))

    async def reload(self) -> bool:
        """Read the service files again; what has errors changes nothing."""
        self._log.reopen()
        found = await self._reread()
        why = found.talk
        try:
            if found.plans is not None:
                self.adopt(found.plans)
                self._log.event("reloaded", journeys=[plan.journey for plan in found.plans])
                return True
        except ValueError as error:
            why = str(error)
        self._log.event("reload_refused", why=why)
        print(f"{why}\nrelrails: the journeys from before go on", file=sys.stderr, flush=True)  # noqa: T201 - stderr is talk
        return False

    @property
    def pages(self) -> Pages:
        """What is shown over HTTP."""
        return Pages(metrics=self.metrics, health=self.health, failures=self.failures)

    def metrics(self) -> str:
        """Give all numbers as OpenMetrics."""
        walkers = tuple(self._walkers.values())
        lines = (
            openmetrics.gauge(EGRESS_OK, "0 where no journey can reach any of its hosts.", int(_way_out(walkers))),
            openmetrics.gauge(LOG_OK, "0 where the log cannot be written.", int(not self._log.fault)),
            openmetrics.gauge(BUILD_INFO, "Which runner it is.", 1, openmetrics.label("version", self._version)),
        )
        return openmetrics.text([walker.numbers for walker in walkers], lines)

    def health(self) -> list[str]:
        """Say what is not well: a loop that does not answer, a log that cannot be written."""
        faults = [f"the log cannot be written: {self._log.fault}"] if self._log.fault else []
        answered = threading.Event()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(answered.set)
        return faults if answered.wait(ALIVE) else [*faults, f"the event loop does not answer within {ALIVE:g} s"]

    def failures(self, journey: str) -> list[tuple[dict[str, Any], str]] | None:
        """Give the last failures of a journey, in whichever environment, newest first."""
        walkers = [walker for walker in tuple(self._walkers.values()) if walker.plan.journey == journey]
        if not walkers:
            return None
        runs = sorted((run for walker in walkers for run in tuple(walker.failures)), key=lambda run: -run.started)
        return [(report.to_dict(run), report.text(run)) for run in runs]

    def _hang_up(self) -> None:
        _in_background(self._reload(), self._chores)

    async def _reload(self) -> None:
        await self.reload()


def _in_background(work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    among.add(task)
    task.add_done_callback(among.discard)


def _way_out(walkers: tuple[Walker, ...]) -> bool:
    """Tell whether the runner itself can reach anything: several hosts do not vanish together, its network does."""
    hosts: set[str] = set()
    for walker in walkers:
        failing = walker.numbers.failing
        if failing is None:
            return True
        run = walker.failures[-1].failed
        if run is None or run.reason not in NO_WAY_OUT:
            return True
        hosts.update(step.target.url for step in walker.plan.steps if step.name == run.name)
    return len(hosts) < 2
