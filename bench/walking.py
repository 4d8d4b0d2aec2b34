"""The process whose cost is measured: `python -m bench.walking WHAT URL`, one JSON object out."""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from relrails.cli.probe import PLANNING  # with click, as the real program has it
from relrails.live.probe import openmetrics
from relrails.live.probe.client import HttpClient, shared_context
from relrails.live.probe.log import Log
from relrails.live.probe.numbers import JourneyNumbers
from relrails.live.probe.pending import Pending
from relrails.live.probe.plan import Plan
from relrails.live.probe.reading import Read, read
from relrails.live.probe.runner import Runner
from relrails.live.probe.targets import replaced, replacements
from relrails.live.probe.walk import Walk

HOME = Path(__file__).parent.parent
SECONDS = 8.0
KIB = 1024


def plans(url: str) -> tuple[Plan, ...]:
    """Give the journeys of this repository, sent to a server of the benchmark."""
    found = asyncio.run(read(PLANNING, HOME / "services"))
    if found.plans is None:
        raise SystemExit(found.talk)
    return replaced(found.plans, replacements([f"core-api={url}", f"export-service={url}"]))


def walks(url: str, steps: int, runs: int) -> dict[str, float]:
    """Walk `runs` times a journey of so many steps on one connection: log in once, then ask."""
    (auth,) = (plan for plan in plans(url) if plan.journey == "auth_query")
    login, query = auth.steps
    asks = tuple(replace(query, name=f"query_{n}") for n in range(steps - 1))
    plan = replace(auth, steps=(login, *asks), timeout=60.0)

    async def walk() -> float:
        client, numbers = HttpClient(plan.targets, shared_context()), JourneyNumbers(plan)
        begun = 0.0
        for number in range(runs + 2):
            if number == 2:  # the first two load and warm what is needed
                begun = time.process_time()
            run = await Walk(plan, client, None, _nothing).run()
            if run.outcome != "success":
                raise SystemExit(f"a run of the benchmark failed: {run.failed}")
            numbers.note(run)
        return time.process_time() - begun

    return {"steps": steps * runs, "cpu_seconds": asyncio.run(walk())}


def runs(url: str, extra: int, every: float) -> dict[str, float]:
    """Run all journeys and `extra` more for a few seconds, scraped as by Prometheus; gives memory and lateness."""
    known = [replace(plan, every=every) for plan in plans(url)]
    auth = next(plan for plan in known if plan.journey == "auth_query")
    known += [replace(auth, journey=f"extra_{number}") for number in range(extra)]
    with tempfile.TemporaryDirectory(prefix="relrails-bench-") as folder:
        log = Path(folder) / "log"
        runner = Runner(log=Log(log), pending=Pending(Path(folder) / "state"), reread=_never)
        costs: list[float] = []

        async def scrape() -> None:
            for _ in range(int(SECONDS)):
                await asyncio.sleep(1)
                text, cost = await asyncio.to_thread(_scraped, runner)  # as the program does
                costs.append(cost)
                found["samples"] = sum(not line.startswith("#") for line in text.splitlines())
            found["rss"] = _rss()
            runner.stop()

        async def both() -> None:
            await asyncio.gather(runner.run(tuple(known), ("127.0.0.1", 0), _nobody), scrape())

        found: dict[str, float] = {}
        begun = time.process_time()
        asyncio.run(both())
        found["cpu_seconds"] = time.process_time() - begun
        events = [json.loads(line) for line in log.read_text().splitlines()]
    went = [event for event in events if event["event"] == "run"]
    late = sorted(event["late"] for event in went)
    return {
        **found,
        "runs": len(went),
        "failed": sum(event["outcome"] not in {"success", "cancelled"} for event in went),
        "late_p50": statistics.median(late),
        "late_p99": late[int(len(late) * 0.99)],
        "scrape": statistics.median(costs),
    }


def failures(url: str) -> dict[str, float]:
    """Let every journey fail in many ways, and count the series before and after."""
    known = [JourneyNumbers(plan) for plan in plans(url)]
    nowhere = replacements(["core-api=http://127.0.0.1:1", "export-service=http://127.0.0.1:1"])
    lost = replaced([numbers.plan for numbers in known], nowhere)

    async def walk() -> tuple[int, int]:
        counts = []
        for wanted in ([numbers.plan for numbers in known], lost):
            for plan, numbers in zip(wanted, known, strict=True):
                numbers.note(await Walk(plan, HttpClient(plan.targets, shared_context()), None, _nothing).run())
            counts.append(sum(not line.startswith("#") for line in openmetrics.text(known).splitlines()))
        return counts[0], counts[1]

    before, after = asyncio.run(walk())
    return {"before": before, "after": after}


def _scraped(runner: Runner) -> tuple[str, float]:
    begun = time.thread_time()
    return runner.metrics(), time.thread_time() - begun


def _nothing(_run_id: str, _values: Mapping[str, str]) -> None:
    """Remember nothing."""


def _nobody(_url: str) -> None:
    """Tell nobody where it listens."""


async def _never() -> Read:
    return Read(None, "nothing is read again in a benchmark")


def _rss() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * KIB for line in lines if line.startswith("VmRSS:"))


if __name__ == "__main__":
    what, at, *numbers = sys.argv[1:]
    known = {
        "walks": lambda: walks(at, int(numbers[0]), int(numbers[1])),
        "runs": lambda: runs(at, int(numbers[0]), float(numbers[1])),
        "failures": lambda: failures(at),
    }
    print(json.dumps(known[what]()))
