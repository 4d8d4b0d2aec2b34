"""When each journey runs: at a fixed rate on the monotonic clock, at a phase that its name decides."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from typing import Protocol

GRACE = 1.0
"""Seconds after the start in which nothing runs."""


class Clock(Protocol):
    """The time, and how to wait."""

    def unix(self) -> float:
        """Seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that is never set."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class RealClock:
    """The clock of this machine."""

    def unix(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds on the clock that the event loop waits by."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def phase(env: str, journey: str, every: float) -> float:
    """Give the second of its interval in which a journey runs: the same after each restart, and spread over all."""
    digest = hashlib.sha256(f"{env}|{journey}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 * every


def wait(unix: float, phase_seconds: float, every: float) -> float:
    """Give the seconds until a journey first runs, after the grace of a start."""
    return GRACE + (phase_seconds - unix - GRACE) % every


async def keep_time(
    every: float, first_in: float, clock: Clock, tick: Callable[[float], None], miss: Callable[[], None]
) -> None:
    """Call `tick` with its lateness every interval, for ever; `miss` for each that went by, which is not made up."""
    due = clock.monotonic() + first_in
    while True:
        await clock.sleep(max(due - clock.monotonic(), 0))
        late = clock.monotonic() - due
        for _ in range(int(late // every)):
            miss()
            due += every
        tick(clock.monotonic() - due)
        due += every
