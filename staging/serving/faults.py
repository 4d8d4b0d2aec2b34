"""The fault switch of a drill: errors, latency, a dead dependency, a stuck worker, wrong answers. Off by default."""

import asyncio
import random
import threading
from dataclasses import asdict, dataclass, fields
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from staging.serving.refusal import Refusal


@dataclass(frozen=True, kw_only=True, slots=True)
class Faults:
    """What is broken on purpose right now; `routes` limits errors and latency to these routes, empty means all."""

    error_ratio: float = 0.0
    latency_seconds: float = 0.0
    latency_ratio: float = 1.0
    routes: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    stuck_worker: bool = False
    wrong_ratio: float = 0.0

    def __post_init__(self) -> None:
        for name in ("error_ratio", "latency_ratio", "wrong_ratio"):
            _within(name, getattr(self, name), 1.0)
        _within("latency_seconds", self.latency_seconds, 300.0)


class FaultSwitch:
    """Holds the faults of one service, changed at run time and read by every request."""

    def __init__(self, dependencies: tuple[str, ...], registry: CollectorRegistry) -> None:
        self.dependencies = dependencies
        self.now = Faults()
        self.unstuck = threading.Event()
        self.unstuck.set()
        self._active = Gauge("fault_active", "1 while a drill breaks this on purpose.", ["fault"], registry=registry)
        self._random = random.Random()  # noqa: S311 - chooses which requests fail, guards nothing
        self.set(Faults())

    def set(self, faults: Faults) -> None:
        """Put these faults in the place of those before."""
        unknown = set(faults.dead) - set(self.dependencies)
        if unknown:
            known = ", ".join(self.dependencies)
            raise ValueError(f"dead: no dependency is called {', '.join(sorted(unknown))}; there are {known}")
        self.now = faults
        if faults.stuck_worker:
            self.unstuck.clear()
        else:
            self.unstuck.set()
        nothing = Faults()
        for field in fields(Faults):
            if field.name in {"routes", "latency_ratio"}:
                continue
            on = getattr(faults, field.name) != getattr(nothing, field.name)
            self._active.labels(fault=field.name).set(on)

    async def before(self, route: str) -> bool:
        """Add the latency that is asked for, and say whether this request shall fail."""
        faults = self.now
        if faults.routes and route not in faults.routes:
            return False
        if faults.latency_seconds and self._hit(faults.latency_ratio):
            await asyncio.sleep(faults.latency_seconds)
        return self._hit(faults.error_ratio)

    def wrong(self) -> bool:
        """Whether this answer shall be wrong."""
        return self._hit(self.now.wrong_ratio)

    def require(self, dependency: str) -> None:
        """Refuse with 503 while a dependency is dead."""
        if dependency in self.now.dead:
            raise Refusal(503, "dependency_down", f"{dependency} does not answer")

    def _hit(self, ratio: float) -> bool:
        return ratio > 0 and self._random.random() < ratio


def read(document: Any) -> Faults:
    """Faults from JSON; ValueError says what is wrong with it."""
    if not isinstance(document, dict):
        raise ValueError("faults are a JSON object")
    known = asdict(Faults())
    for name, value in document.items():
        if name not in known:
            raise ValueError(f"{name}: there is no such fault; there are {', '.join(known)}")
        kind = type(known[name])
        if kind is tuple:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise ValueError(f"{name}: must be a list of names, not {value!r}")
            document = document | {name: tuple(value)}
        elif (kind is bool) != isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"{name}: must be {'true or false' if kind is bool else 'a number'}, not {value!r}")
    return Faults(**document)


def _within(name: str, value: float, largest: float) -> None:
    if not 0 <= value <= largest:  # also refuses NaN
        raise ValueError(f"{name}: must be between 0 and {largest:g}, not {value!r}")
