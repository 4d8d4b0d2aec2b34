"""`relrails probe` as a process of its own, and service files for it to read."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

SERVICE = """
from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.probe import Journey, Retry, Step, Target, delete, expect, extract, get, post, secret
from relrails.units import days, hours, minutes, ms, percent, seconds

requests = metric.Counter("http_requests_total").where(job="it")
there = Target(name="it", url="https://it.example.com")
login = Step(
    name="login",
    request=post("/login", form={{"password": secret("env:PLANTED")}}),
    expect=(expect.status(200),),
    extract=(extract("$.token", to="token", sensitive=True),),
    shared="auth",
    timeout=400 * ms,
)
quick = Journey(
    name="quick",
    description="Log in and look.",
    env="test",
    target=there,
    every={every} * seconds,
    timeout=1 * seconds,
    steps=(
        login,
        Step(
            name="look",
            request=get("/look", headers={{"Authorization": "Bearer {{token}}"}}),
            expect=(expect.status(200), expect.json("$.total", at_least=1)),
            timeout=500 * ms,
        ),
    ),
    objective=90 * percent,
    latency=500 * ms,
)
order = Journey(
    name="order",
    description="Order something and give it back.",
    env="test",
    target=there,
    every={every} * seconds,
    timeout=2 * seconds,
    steps=(
        login,
        Step(
            name="create",
            request=post("/orders", headers={{"Authorization": "Bearer {{token}}"}}, json={{"key": "{{run_id}}"}}),
            expect=(expect.status(202),),
            extract=(extract("$.id", to="order"),),
            writes=True,
            timeout=400 * ms,
        ),
        Step(name="see", request=get("/orders/{{order}}"), expect=(expect.status(200),), timeout=800 * ms),
        Step(
            name="cleanup",
            request=delete("/orders/{{order}}", headers={{"Authorization": "Bearer {{token}}"}}),
            expect=(expect.status(204, 404),),
            always=True,
            scored=False,
            timeout=400 * ms,
        ),
    ),
    objective=90 * percent,
    latency=1 * seconds,
)
service = Service(
    name="it",
    owner="team",
    scrape_interval=1 * seconds,
    runbook="https://runbooks.example.com/it",
    grafana="https://grafana.example.com",
    runs="https://probes.example.com",
    slos=(
        SLO(
            name="availability",
            description="A request is good unless we answer 5xx.",
            sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
            objective=99.9 * percent,
            window=30 * days,
        ),
    ),
    journeys=({journeys},),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
)
"""


def write(folder: Path, *journeys: str, every: int = 3) -> None:
    (folder / "services").mkdir(exist_ok=True)
    (folder / "services" / "it.py").write_text(
        '"""A service."""\n' + SERVICE.format(journeys=", ".join(journeys), every=every)
    )


class Program:
    """A process that walks journeys; what it says is gathered."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        argv = [sys.executable, "-m", "relrails", "probe", *arguments]
        env = {**os.environ, "PLANTED": "a-planted-password"}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(argv, cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True)
        self.said: list[str] = []
        self.printed: list[str] = []
        self._readers = [
            threading.Thread(target=self._gather, args=(stream, into), daemon=True)
            for stream, into in ((self.process.stderr, self.said), (self.process.stdout, self.printed))
            if stream is not None
        ]
        for reader in self._readers:
            reader.start()

    @property
    def url(self) -> str:
        """Where it says that it listens; empty before it does."""
        return next((line.split("; ")[1].removesuffix("/metrics\n") for line in self.said if "/metrics" in line), "")

    @property
    def talk(self) -> str:
        return "".join(self.said)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self) -> bool:
        return self.process.poll() is not None and not any(reader.is_alive() for reader in self._readers)

    @staticmethod
    def _gather(stream: IO[str], into: list[str]) -> None:
        for line in stream:
            into += [line]


@contextmanager
def program(folder: Path, *arguments: str) -> Iterator[Program]:
    """Start it, and see that it is gone in the end."""
    started = Program(folder, *arguments)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.wait()
