"""Two stagings side by side, with everything as declared but for Alertmanager's grouping, and what came of both."""

import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from staging.environment import EVERYTHING, Environment, Pace, StagingError, eventually
from staging.environment.deliveries import delivered
from staging.environment.environment import ROOT
from staging.hours import report
from staging.hours.exports import Exports
from staging.hours.passing import PATIENCE_SECONDS, Passing
from staging.hours.past import nearly_full
from staging.hours.times import HOUR, MINUTE, Times
from staging.sprint.commands import relrails
from staging.sprint.place import Place
from staging.traffic import Traffic

DECLARED = Pace(scrape=None, evaluate=None, group="1s")
"""A ticket that joins a group waits up to an hour for the group's next message: that is Alertmanager's to prove."""
ASPECTS = {"depth", "drain", "oldest", "p95", "longest", "growth"}
RECORDED_SECONDS = 15 * MINUTE
PER_SECOND = 10
EVERY_SECONDS = 30.0
GIB = 1 << 30
LIMIT = 5 * GIB
SHORT_OF_IT = 100_000
PACKS = 40
"""Enough to be seen in a value of four digits, and few enough that slow jobs are still more than 5 of 100."""
LEAVES_AFTER = 75 * MINUTE
_lock = threading.Lock()
_began = time.monotonic()


def hours(out: Path) -> int:
    """Take an hour and a quarter, and fill `out`; 0 when every ticket came and went when it should, and no other came.

    What a run that fails has found is kept beside it, and `out` stays as it was.
    """
    with tempfile.TemporaryDirectory(prefix="relrails-hours-") as work:
        new, place = Path(work) / out.name, out.with_name(f"{out.name}.incomplete")
        new.mkdir()
        try:
            code = _made(new)
            place = out if code == 0 else place
        finally:
            report.kept(new, place)
            _say(f"what was seen is in {place}")
    return code


def _made(new: Path) -> int:
    place = report.begun(new)
    with ThreadPoolExecutor(2) as side_by_side:
        runs = [side_by_side.submit(run, place) for run in (quiet, passed)]
    for run in runs:
        run.result()
    report.ended(place, new)
    done = relrails(ROOT, "evidence", "check", str(new))
    sys.stdout.write(done.stdout + done.stderr)
    return done.returncode


def quiet(place: Place) -> None:
    """An hour of queries, graphs, timelines, journeys, and an export every half minute."""
    with Environment(*EVERYTHING, pace=DECLARED) as env, Traffic(env.core_api.url, env.login, per_second=PER_SECOND):
        exports = Exports(env)
        began = None
        end = time.time() + RECORDED_SECONDS
        built = 0
        while time.time() < end:
            (order,) = exports.order()
            exports.end(order, PATIENCE_SECONDS)
            exports.delete([order])
            built += 1
            recorded = {labels["aspect"] for labels, _ in env.query("budget:used:value")}
            if began is None and recorded == ASPECTS:
                began, built, end = time.time(), 0, time.time() + HOUR
                _say("normal load: its hour begins")
            time.sleep(EVERY_SECONDS)
        if began is None:
            raise StagingError(f"normal load: only {sorted(recorded)} are recorded after {RECORDED_SECONDS:g} s")
        used = {
            f"{labels['budget']} {labels['aspect']}": {"highest": value, "unit": labels["unit"]}
            for labels, value in env.query("max_over_time(budget:used:value[1h])")
        }
        for labels, value in env.query("budget:limit:value"):
            used[f"{labels['budget']} {labels['aspect']}"]["limit"] = value
        for labels, value in env.query("count_over_time(budget:used:value[1h])"):
            used[f"{labels['budget']} {labels['aspect']}"]["evaluations"] = value
        stood = env.query('count_over_time(ALERTS{alertstate="firing"}[2h])')
        came = delivered(env)
    tickets = [str(one) for one in came if "budget" in one.labels]
    others = sorted({str(one) for one in came if "budget" not in one.labels})
    found = {
        "seconds": round(time.time() - began),
        "exports": built,
        "used": used,
        "tickets_of_budgets": tickets,
        "firing": sorted(labels["alertname"] for labels, _ in stood),
        "other_deliveries": others,
    }
    with _lock:
        report.keep_quiet(place, found)
    if tickets:
        raise StagingError("normal load: " + "; ".join(tickets))
    _say("normal load: an hour without a ticket")


def passed(place: Place) -> None:
    """Every budget passed, and kept again."""
    now = time.time()
    past, kept_from = nearly_full(now, LIMIT - SHORT_OF_IT, LEAVES_AFTER)
    with Environment("prometheus", "alertmanager", pace=DECLARED, prometheus_major=3, past=past) as env:
        eventually(
            lambda: {labels["aspect"] for labels, _ in env.query("budget:used:value")} >= ASPECTS - {"p95"},
            RECORDED_SECONDS,
            "budgets that are recorded",
        )
        tickets = Passing(env, Times(), _say, PACKS, kept_from).run()
        expected = {ticket.alert for ticket in tickets}
        came = [one for one in delivered(env) if "budget" in one.labels]
    with _lock:
        report.keep_passed(place, [ticket.report() for ticket in tickets], [one.told() for one in came])
    others = {one.name for one in came} - expected
    if others:
        raise StagingError(f"tickets that nobody expected: {', '.join(sorted(others))}")


def _say(text: str) -> None:
    sys.stderr.write(f"hours: {(time.monotonic() - _began) / MINUTE:5.1f} min  {text}\n")
