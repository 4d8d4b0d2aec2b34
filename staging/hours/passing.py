"""Every budget of the Export Service passed for real, and kept again: what is done, and which ticket is due when."""

import time
from collections.abc import Callable

from staging.core_api.seed import TENANTS
from staging.environment import Environment, wait
from staging.environment.identities import ANALYST
from staging.hours.exports import Exports, stuck_worker
from staging.hours.times import Times
from staging.hours.watch import Ticket

TENANT, CASE = TENANTS[1], "case-2"
"""Who writes too much, and a case of theirs; all others are of the first tenant."""
BUDGETS = ("export-queue", "export-runtime", "export-storage")
PATIENCE_SECONDS = 60.0
SLOW_JOBS = 3
MARGIN = 1.04
"""A job that must be slow is this much slower than it may be."""
SPARE = 4
"""Beyond the first one too many."""
DELETING_SECONDS = 60.0
"""Deleting what waits takes a while, and each alert ends somewhere in it."""
FOLLOWS = 10
"""How many of those that waited are built when the worker works again; the others are deleted."""


class Passing:
    """One run through all of them; `tickets` are all that are expected, in the order of their story."""

    def __init__(
        self, env: Environment, times: Times, say: Callable[[str], None], packs: int, kept_from: float | None = None
    ) -> None:
        """`packs` are as many as take a tenant over its limit; it is below again at `kept_from`, or a day later."""
        self._env, self._times, self._say, self._packs, self._kept_from = env, times, say, packs, kept_from
        self._acme = Exports(env)
        self.tickets: list[Ticket] = []

    def run(self) -> list[Ticket]:
        """Pass them all; raises StagingError for a ticket that does not come, or end, when it should."""
        growth = self.too_much_written()
        runtime = self.too_slow()
        self.too_much_waits()
        self._fired(runtime)
        self.nothing_seen()
        self._say("storage and runtime: until their windows are over")
        self._fired(growth)
        for ticket in sorted((growth, runtime), key=lambda ticket: ticket.recovered or 0):
            self._ended(ticket)
        return self.tickets

    def too_much_written(self) -> Ticket:
        """One tenant orders packs beyond what it may store in a day."""
        times = self._times
        self._say(f"storage: {self._packs} packs for {TENANT}")
        exports = Exports(self._env, f"{ANALYST}-of-{TENANT}", CASE)
        began = time.time()
        for order in exports.order(self._packs):
            exports.end(order, PATIENCE_SECONDS)
        took = time.time() - began
        ticket = self._expect(
            "RelrailsStorageGrowth",
            times.ticket(times.growth, times.fives) + took,
            times.fives + times.slack + took,
            tenant=TENANT,
        )
        ticket.passed, ticket.recovered = began, began + times.day if self._kept_from is None else self._kept_from
        return ticket

    def too_slow(self) -> Ticket:
        """Jobs that take longer than 95 of 100 may: three in an hour are too many, and two are too few to tell."""
        times = self._times
        self._say(f"runtime: {SLOW_JOBS} slow jobs")
        ends = []
        for _ in range(SLOW_JOBS):
            with stuck_worker(self._env):
                (order,) = self._acme.order()
                time.sleep(times.slow * MARGIN)
            before = time.time()
            self._acme.end(order, PATIENCE_SECONDS)
            ends.append(time.time())
        # The one that will be stuck is slow too: two must have left the hour before there are fewer than three.
        ticket = self._expect(
            "RelrailsRuntime",
            times.ticket(times.runtime, times.minutes),
            times.minutes + times.slack + ends[1] - ends[0],
        )
        ticket.passed, ticket.recovered = before, ends[0] + times.hour
        return ticket

    def too_much_waits(self) -> None:
        """A worker that is stuck, and more orders than may wait: four tickets."""
        times = self._times
        deep, draining, old, stuck = (
            self._expect(name, times.ticket(wait, times.minutes), times.minutes + times.slack)
            for name, wait in (
                ("RelrailsQueueDepth", times.deep),
                ("RelrailsQueueNotDraining", times.not_draining),
                ("RelrailsQueueItemOld", times.old),
                ("RelrailsJobStuck", times.stuck),
            )
        )
        self._say(f"queue: a stuck worker, and {times.waiting + 1} that wait")
        with stuck_worker(self._env):
            began = time.time()
            orders = self._acme.order()
            stuck.passed, old.passed = began + times.longest, time.time() + times.oldest
            draining.passed = time.time()
            orders += self._acme.order(times.waiting + 1 + SPARE)
            deep.passed, draining.within = time.time(), draining.within + time.time() - draining.passed
            for ticket in (deep, draining, stuck, old):
                self._fired(ticket)
            self._acme.delete(orders[1 + FOLLOWS :])
        for order in orders[: 1 + FOLLOWS]:
            self._acme.end(order, PATIENCE_SECONDS)
        kept = time.time()
        for ticket in (deep, draining, old, stuck):
            # The depth is kept as soon as most are deleted, the others when the worker has done the rest.
            ticket.recovered, ticket.ends_within = kept - DELETING_SECONDS, ticket.ends_within + DELETING_SECONDS
        for ticket in (deep, draining, old, stuck):
            self._ended(ticket)

    def nothing_seen(self) -> None:
        """The Export Service is down: nobody can see whether a budget is kept."""
        times = self._times
        self._say("blind: the Export Service is down")
        tickets = []
        for budget in BUDGETS:
            evaluation = times.fives if budget == "export-storage" else times.minutes
            within, ends = times.ticket(times.blind, evaluation), evaluation + times.slack
            tickets.append(self._expect("RelrailsBudgetBlind", within, ends, budget=budget))
        down = time.time()
        self._env.export_service.stop()
        try:
            for ticket in tickets:
                ticket.passed = down
            for ticket in tickets:
                self._fired(ticket)
        finally:
            up = time.time()
            self._env.export_service.start()
            wait(self._env.export_service)
        for ticket in tickets:
            ticket.recovered, ticket.ends_within = up, ticket.ends_within + time.time() - up
        for ticket in tickets:
            self._ended(ticket)

    def _expect(self, alert: str, within: float, ends_within: float, **labels: str) -> Ticket:
        ticket = Ticket(alert=alert, labels=labels, within=within, ends_within=ends_within)
        self.tickets.append(ticket)
        return ticket

    def _fired(self, ticket: Ticket) -> None:
        ticket.await_firing(self._env)
        self._say(f"  {ticket.name}: here, in time")

    def _ended(self, ticket: Ticket) -> None:
        ticket.await_end(self._env)
        self._say(f"  {ticket.name}: gone, in time")
