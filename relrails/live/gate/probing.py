"""How the last runs of each journey went, read from the result that the prober shows between two runs."""

from fractions import Fraction

from relrails.judge.canary.reason import Code
from relrails.judge.gate import JourneyFacts, Missing
from relrails.live.gate.alerting import Alerts
from relrails.live.prometheus import Series
from relrails.probe import Journey, backend
from relrails.probe import names as exported
from relrails.service import Service
from relrails.units import exact

SLACK = 30.0
"""Seconds by which a run or a scrape may be late."""
LEAST_FRESH = 120.0
"""A prober is scraped at least this often: see `relrails.probe.backend.LONGEST`."""


def journeys(service: Service, found: tuple[Series, ...], alerts: Alerts, at: float) -> tuple[JourneyFacts, ...]:
    """Give the state of each journey at a moment."""
    return tuple(
        JourneyFacts(
            name=journey.name,
            env=journey.env,
            failed=_failed(service, journey, found, at),
            failures=journey.page.failures,
            of=journey.page.of,
            since=min(
                (t for own, t in alerts.begun if own.get("journey") == journey.name and "slo" not in own), default=None
            ),
        )
        for journey in sorted(service.journeys, key=lambda j: j.name)
    )


def _failed(service: Service, journey: Journey, found: tuple[Series, ...], at: float) -> int | Missing:
    job = exported.JOB if backend(journey).name == "runner" else exported.BLACKBOX_JOB
    wanted = {"job": job, "env": journey.env, "journey": journey.name}
    own = [s for s in found if wanted.items() <= s.labels.items()]
    results = [s for s in own if s.labels.get("__name__") == exported.SUCCESS]
    every = float(exact(journey.every, "second"))
    if not results:
        return Missing(Code.GATE_NO_DATA, f"no result of its runs in {journey.env}: is its prober up, and scraped?")
    scrape = float(exact(service.scrape_interval, "second"))
    oldest = (2 * every if job == exported.BLACKBOX_JOB else max(LEAST_FRESH, 2 * scrape)) + SLACK
    live = [s for s in results if at - s.newest.at <= oldest]
    if not live:
        age = at - max(s.newest.at for s in results)
        return Missing(Code.STALE_DATA, f"the newest result of its runs in {journey.env} is {age:.0f} s old")
    if job == exported.JOB:
        late = _not_run(journey, own, at, every)
        if late is not None:
            return late
    return max(_failures(series, journey.page.of, every) for series in live)


def _not_run(journey: Journey, own: list[Series], at: float, every: float) -> Missing | None:
    """A runner that is stuck shows its last result for ever."""
    runs = [s.newest.value for s in own if s.labels.get("__name__") == exported.LAST_RUN]
    if not runs:
        return Missing(Code.GATE_NO_DATA, f"{exported.LAST_RUN} is not there, so nobody knows when it ran")
    age = at - max(runs)
    if age > 2 * every + float(exact(journey.timeout, "second")) + SLACK or age < -SLACK:
        return Missing(Code.STALE_DATA, f"it last ran {age:.0f} s ago, and is due every {every:.0f} s")
    return None


def _failures(series: Series, of: int, every: float) -> int:
    """Count the failed ones among the last runs: the result that was shown at the end of each interval."""
    newest = series.newest.at
    moments = [newest - float(Fraction(every) * k) for k in range(of)]
    shown = [next((p.value for p in reversed(series.points) if p.at <= moment), None) for moment in moments]
    return sum(value is not None and value != 1 for value in shown)
