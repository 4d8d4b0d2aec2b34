"""Steady traffic for drills: requests leave at fixed times, however long answers take, and each is accounted for.

A generator that waits for an answer before it asks again measures a slow service as one that is asked less. This one
keeps its times; what it cannot even send, because too many answers are outstanding, counts as an error.
"""

import asyncio
import math
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from staging.canary_pair import TRACK_HEADER

OUTSTANDING = 200
TIMEOUT_SECONDS = 10.0
# Tokens live for five minutes; a new one in good time costs next to nothing.
RENEW_SECONDS = 60.0
TEXTS = ("login", "powershell", "malware", "connected", "payroll", "host-3", "user-1")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request: when it was due, who answered what, and after how long; status 0 means no answer."""

    due: float
    track: str
    status: int
    seconds: float
    error: str = ""

    @property
    def good(self) -> bool:
        """Whether the caller got what was asked for."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Summary:
    """Many answers in a few numbers; latencies are those of answers that came."""

    requests: int
    errors: int
    p50_seconds: float
    p95_seconds: float

    @property
    def error_ratio(self) -> float:
        """Errors by requests; NaN without requests, since that is no good news."""
        return self.errors / self.requests if self.requests else float("nan")


class Traffic:
    """Asks for queries, graphs and timelines at a steady rate, in a thread, until the block ends.

    `login` gives the headers of somebody who has logged in; the cases are that tenant's.
    """

    def __init__(
        self,
        url: str,
        login: Callable[[], dict[str, str]],
        *,
        per_second: float = 20,
        cases: Sequence[str] = ("case-1", "case-4", "case-10"),
        seed: int = 7,
    ) -> None:
        if not 0 < per_second <= 1000:
            raise ValueError(f"per_second: must be above 0 and at most 1000, not {per_second!r}")
        self._url = url
        self._login = login
        self._interval = 1 / per_second
        self._cases = tuple(cases)
        self._chance = random.Random(seed)  # noqa: S311 - chooses what is asked; the seed makes it the same again
        self._answers: list[Answer] = []
        self._stopping = threading.Event()
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        if self._failed is not None and error is None:
            raise self._failed

    def answers(self) -> list[Answer]:
        """Everything that is known by now, in the order in which it became known."""
        return list(self._answers)

    def summary(self, track: str | None = None, since: float = 0.0) -> Summary:
        """The answers of one track, or of all, to requests that were due since a moment of time.monotonic()."""
        chosen = [a for a in self.answers() if a.due >= since and track in {None, a.track}]
        times = sorted(answer.seconds for answer in chosen if answer.status)
        return Summary(
            requests=len(chosen),
            errors=sum(not answer.good for answer in chosen),
            p50_seconds=_quantile(times, 0.50),
            p95_seconds=_quantile(times, 0.95),
        )

    def _run(self) -> None:
        try:
            asyncio.run(self._send())
        except BaseException as error:  # it goes on in the thread that waits for us
            self._failed = error

    async def _send(self) -> None:
        limits = httpx.Limits(max_connections=OUTSTANDING, max_keepalive_connections=20)
        underway: set[asyncio.Task[None]] = set()
        async with httpx.AsyncClient(
            base_url=self._url, timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False
        ) as client:
            headers = await asyncio.to_thread(self._login)
            renewed = due = time.monotonic()
            renewing: asyncio.Task[dict[str, str]] | None = None
            while not self._stopping.is_set():
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if len(underway) < OUTSTANDING:
                    task = asyncio.create_task(self._ask(client, headers, due))
                    underway.add(task)
                    task.add_done_callback(underway.discard)
                else:
                    self._answers.append(Answer(due, "", 0, 0.0, f"{OUTSTANDING} answers were outstanding"))
                due += self._interval
                if renewing is not None and renewing.done():
                    headers, renewing = renewing.result(), None
                elif renewing is None and time.monotonic() - renewed > RENEW_SECONDS:
                    renewed = time.monotonic()
                    renewing = asyncio.create_task(asyncio.to_thread(self._login))
            if underway:
                await asyncio.wait(underway)
            if renewing is not None:
                await renewing

    async def _ask(self, client: httpx.AsyncClient, headers: dict[str, str], due: float) -> None:
        case = self._chance.choice(self._cases)
        investigation = f"/v1/investigations/{case}"
        path = self._chance.choice(("/v1/query", f"{investigation}/graph", f"{investigation}/timeline"))
        query = {"case": case, "text": self._chance.choice(TEXTS)} if path == "/v1/query" else {}
        try:
            answer = await client.get(path, params=query, headers=headers)
        except httpx.HTTPError as error:
            self._answers.append(Answer(due, "", 0, time.monotonic() - due, type(error).__name__))
            return
        # From when it was due, not from when it left: lateness of ours is not an excuse of theirs, and shows.
        seconds = time.monotonic() - due
        self._answers.append(Answer(due, answer.headers.get(TRACK_HEADER, ""), answer.status_code, seconds))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share does not exceed; NaN where there is none."""
    if not ordered:
        return float("nan")
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
