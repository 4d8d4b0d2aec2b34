"""The referee of `make hours`: a ticket is in time, or it says by how much it is not."""

import time
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

from relrails.dossier import check
from relrails.units import exact
from services.export_service import queue, runtime, storage
from staging.environment import Environment, StagingError
from staging.environment.deliveries import delivered
from staging.hours import report
from staging.hours.past import BURST, STEP, nearly_full
from staging.hours.running import LIMIT
from staging.hours.times import DAY, HOUR, Times
from staging.hours.watch import Ticket

LABELS = {"alertname": "Full", "budget": "queue"}


class Delivered:
    """An environment in which all that there is to know has been delivered."""

    def __init__(self, *webhooks: tuple[float, str]) -> None:
        self._webhooks = [
            {
                "at": at,
                "receiver": "tickets",
                "body": {"alerts": [{"status": status, "labels": LABELS, "annotations": {"description": "too full"}}]},
            }
            for at, status in webhooks
        ]

    def delivered(self) -> list[dict[str, Any]]:
        return self._webhooks

    def query(self, _expr: str) -> list[tuple[dict[str, str], float]]:
        return [({"budget": "queue", "aspect": "depth"}, 7)]


def environment(*webhooks: tuple[float, str]) -> Environment:
    return cast("Environment", Delivered(*webhooks))


def ticket(passed: float) -> Ticket:
    return Ticket(alert="Full", labels={}, within=60, ends_within=30, passed=passed)


def test_a_ticket_that_comes_and_goes_in_time_is_reported() -> None:
    now = time.time()
    env = environment((now - 50, "firing"), (now - 5, "resolved"))
    one = ticket(now - 100)
    one.recovered = now - 20
    one.await_firing(env)
    one.await_end(env)
    assert one.fired is not None
    assert one.fired.at == now - 50
    assert one.resolved is not None
    assert one.resolved.at == now - 5


@pytest.mark.parametrize(
    ("passed", "fired", "why"),
    [
        (-100, -20, "after 80 s, 60 s were stated"),
        (-10, -40, "30 s before there was a reason"),
        (-100, None, "Full firing: not within 0 s; .*in use: .*queue depth.*7"),
    ],
)
def test_a_ticket_that_is_late_or_early_or_missing_is_an_error(passed: float, fired: float | None, why: str) -> None:
    now = time.time()
    env = environment(*([] if fired is None else [(now + fired, "firing")]))
    with pytest.raises(StagingError, match=f"(?s){why}"):
        ticket(now + passed).await_firing(env)


def test_a_ticket_that_ends_while_its_budget_is_still_passed_is_an_error() -> None:
    now = time.time()
    one = ticket(now - 100)
    one.recovered = now - 5
    with pytest.raises(StagingError, match="25 s before there was a reason"):
        one.await_end(environment((now - 80, "firing"), (now - 30, "resolved")))


def test_what_nobody_has_passed_is_not_waited_for() -> None:
    one = Ticket(alert="Full", labels={}, within=60, ends_within=30)
    with pytest.raises(StagingError, match="nobody has passed"):
        one.await_firing(environment())
    with pytest.raises(StagingError, match="nobody has kept"):
        one.await_end(environment())
    with pytest.raises(ValueError, match="has not come and gone"):
        one.report()


def test_the_limits_that_are_passed_are_those_of_the_service() -> None:
    times = Times()
    assert times.waiting == exact(queue.max, "item")
    assert queue.oldest_at_most is not None
    assert times.oldest == exact(queue.oldest_at_most, "second")
    assert times.longest == exact(runtime.longest, "second")
    assert times.slow == exact(runtime.p95, "second")
    assert exact(storage.max, "byte/day") == LIMIT


def test_a_tenant_has_written_all_of_it_within_the_day_and_an_hour_of_it_leaves_first() -> None:
    now = 1_767_225_600.0
    lines, kept_from = nearly_full(now, 1200.0, HOUR)
    samples = [(float(line.split()[-1]), float(line.split()[-2])) for line in lines]
    assert sum(value for _, value in samples) == 1200
    written = [at for at, value in samples if value]
    assert len(written) == BURST
    assert kept_from == min(written) + DAY == now + HOUR
    assert all(later - earlier == STEP for (earlier, _), (later, _) in pairwise(samples))
    assert max(at for at, _ in samples) < now


def test_what_came_of_it_is_evidence_that_is_what_its_index_says(tmp_path: Path) -> None:
    now = time.time()
    env = environment((now - 50, "firing"), (now - 5, "resolved"))
    one = Ticket(alert="Full", labels={"budget": "queue"}, within=60, ends_within=30, passed=now - 100)
    one.recovered = now - 20
    one.fired, one.resolved = delivered(env)
    used = {"queue depth": {"highest": 1.0, "limit": 500.0, "unit": "items", "evaluations": 60.0}}
    hour = {"seconds": 3600, "exports": 118, "used": used, "tickets_of_budgets": []}

    place = report.begun(tmp_path / "new")
    report.keep_quiet(place, hour)
    report.keep_passed(place, [one.report()], [delivery.told() for delivery in delivered(env)])
    report.ended(place, tmp_path / "new")
    report.kept(tmp_path / "new", tmp_path / "out")

    assert list(check(tmp_path / "out")) == []
    assert "| Full | queue | 50 | 60 | 15 | 30 | too full |" in (tmp_path / "out/cost-perf/passed.md").read_text()
    assert "| queue depth | 1 | 500 | items | 60 |" in (tmp_path / "out/cost-perf/normal.md").read_text()
