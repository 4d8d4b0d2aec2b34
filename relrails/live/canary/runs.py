"""Probe runs of a track: how many there were, how many failed, how many were slow, and how many failed in a row."""

from collections.abc import Iterable, Mapping

from relrails.judge.canary import Runs
from relrails.live.canary.counters import Risen
from relrails.live.canary.sources import Journeys
from relrails.live.prometheus import Series
from relrails.probe import Journey, backend
from relrails.probe import names as exported
from relrails.units import exact


def runs_of(
    source: Journeys, found: Mapping[str, tuple[Risen, ...]], shown: Iterable[Series], since: float, until: float
) -> Runs | None:
    """Give the runs of all journeys together; `shown` are the results as gauges. None where nothing was seen at all."""
    results = [series for series in shown if series.labels.get("journey") in {j.name for j in source.journeys}]
    counted = found.get("runs", ())
    if not counted and not results:
        return None
    blackbox = [s for s in results if s.labels.get("job") == exported.BLACKBOX_JOB]
    probes = [point.value for series in blackbox for point in series.points if since < point.at <= until]
    runs = sum(one.amount for one in counted) + len(probes)
    failed = sum(one.amount for one in counted if one.labels.get("outcome") == "failure")
    return Runs(
        runs=runs,
        failures=failed + sum(value != 1 for value in probes),
        in_a_row=max((_in_a_row(journey, results) for journey in source.journeys), default=0),
        slow=_slow(source, found, runs),
    )


def _slow(source: Journeys, found: Mapping[str, tuple[Risen, ...]], runs: float) -> float:
    if source.slower_than is None:
        return 0
    durations = found.get("durations", ())
    in_time = sum(one.amount for one in durations if _bound(one) == source.slower_than)
    return max(0.0, runs - in_time)


def _bound(one: Risen) -> float | None:
    try:
        return float(one.labels.get("le", ""))
    except ValueError:
        return None


def _in_a_row(journey: Journey, results: Iterable[Series]) -> int:
    """Count how many runs have failed one after another by now, over the results that are shown between two runs."""
    every = float(exact(journey.every, "second"))
    job = exported.JOB if backend(journey).name == "runner" else exported.BLACKBOX_JOB
    own = [s for s in results if s.labels.get("journey") == journey.name and s.labels.get("job") == job]
    return max((_trailing(series, every) for series in own), default=0)


def _trailing(series: Series, every: float) -> int:
    count, moment = 0, series.newest.at
    while True:
        shown = next((point.value for point in reversed(series.points) if point.at <= moment), None)
        if shown is None or shown == 1:
            return count
        count, moment = count + 1, moment - every
