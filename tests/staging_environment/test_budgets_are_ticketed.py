"""Every budget of the Export Service, exceeded for real: the ticket comes, says value and budget, and goes again.

Everything is real: the worker that is stuck, the orders that wait, the packs that are written, Prometheus,
Alertmanager and the webhooks it delivers. The budgets are declared smaller in a copy of the service file, in units of
the same kind. All times of Prometheus and its rules are thirty times shorter: scrapes, intervals, windows and waits;
beyond that no wait is longer than 10 s, and no window longer than 40 s. So an hour and a day are both 40 s here, and
what these two are in truth is proved by promtool, in generated/prometheus/tests.
"""

import re
from collections.abc import Iterator

import pytest
from real_prometheus import pair_of

from staging.environment import Environment, Pace, eventually
from staging.environment.deliveries import delivered, told
from staging.hours.exports import Exports
from staging.hours.passing import BUDGETS, SPARE, TENANT, Passing
from staging.hours.times import Times
from staging.hours.watch import Ticket
from staging_environment.client import SMALL
from staging_environment.copies import changed

LIMITS = {
    "services/export_service.py": {
        "max=500 * items": "max=20 * items",
        "drained_in=10 * minutes": "drained_in=0.5 * minutes",
        "oldest_at_most=15 * minutes": "oldest_at_most=0.25 * minutes",
        "p95=2 * minutes": "p95=2 * seconds",
        "longest=10 * minutes": "longest=0.2 * minutes",
        "max=5 * GiB / day": "max=0.025 * MiB / day",
        "import GiB,": "import MiB,",
    }
}
PACE = Pace(scrape="500ms", windows=30, waits=30, stays=30, longest_wait="10s", longest_window="40s")
TIMES = Times(
    waiting=20,
    oldest=15,
    longest=12,
    slow=2,
    deep=10,
    not_draining=10,
    old=2,
    stuck=2,
    runtime=10,
    growth=10,
    blind=10,
    hour=40,
    day=40,
    minutes=2 + 0.5,
    fives=10 + 0.5,
    slack=30,  # for a machine that is busy with other tests
)
PACKS = 4
"""Of one tenant, which has written nothing before: more than may be written in a day."""
ASPECTS = {"depth", "drain", "oldest", "p95", "longest", "growth"}
SECONDS = 80


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory, amtools: object) -> Iterator[Environment]:
    pair_of(3)
    copies = changed(tmp_path_factory.mktemp("budgets"), LIMITS)
    with Environment(
        "prometheus", "alertmanager", pace=PACE, prometheus_major=3, size=SMALL, generated=copies.generated
    ) as env:
        yield env


@pytest.fixture
def recorded(staging: Environment) -> Environment:
    """Staging in which every budget is recorded: what happens before is not seen to have increased."""

    def seen() -> bool:
        return {labels["aspect"] for labels, _ in staging.query("budget:used:value")} == ASPECTS

    eventually(seen, SECONDS, "budgets that are recorded", lambda: told(staging))
    return staging


def test_under_normal_load_there_is_no_ticket(recorded: Environment) -> None:
    exports = Exports(recorded)
    for _ in range(2):
        (order,) = exports.order()
        exports.end(order, SECONDS)
        exports.delete([order])
    done = 'budget:jobs:increase1h{budget="export-runtime"} > 1.5'
    eventually(lambda: recorded.query(done), SECONDS, "two jobs in the last hour", lambda: told(recorded))
    written = "max(budget:storage_written:increase1d) > 0"
    eventually(lambda: recorded.query(written), SECONDS, "bytes written in the last day", lambda: told(recorded))
    kept = recorded.query("budget:used:value <= on (service, budget, aspect) budget:limit:value")
    assert {labels["aspect"] for labels, _ in kept} == ASPECTS
    assert [str(one) for one in delivered(recorded) if "budget" in one.labels] == []


def test_every_budget_that_is_passed_is_a_ticket_in_time_and_no_longer_than_it_is(recorded: Environment) -> None:
    tickets = Passing(recorded, TIMES, lambda _: None, PACKS).run()

    said = {ticket.name: said_by(ticket) for ticket in tickets if ticket.name in UNITS}
    assert said["RelrailsQueueDepth"][1] == TIMES.waiting + 1 + SPARE
    assert said["RelrailsQueueNotDraining"][1] == float("inf")
    assert 0.25 < said["RelrailsQueueItemOld"][1] < 2
    assert 0.2 < said["RelrailsJobStuck"][1] < 2
    # The packs of the other tenant are jobs of the same hour, and so are those of the test before; all are quick.
    assert 20 < said["RelrailsRuntime"][1] < 50
    assert 0.025 < said[f"RelrailsStorageGrowth {TENANT}"][1] < 0.05
    for name, unit in UNITS.items():
        assert re.search(rf"the budget(?: of each)? is {re.escape(unit)}\.", said[name][0]), said[name]
    blind = [ticket for ticket in tickets if ticket.alert == "RelrailsBudgetBlind"]
    assert [t.fired and t.fired.annotations["summary"] for t in blind] == [
        f"export-service {budget}: cannot be seen" for budget in BUDGETS
    ]
    for ticket in tickets:
        assert ticket.fired is not None
        assert (ticket.fired.receiver, ticket.fired.labels["severity"]) == ("ticket-of-evidence-export", "ticket")
        assert ticket.fired.annotations["runbook_url"].endswith(f"#{ticket.alert.lower()}")


UNITS = {
    "RelrailsQueueDepth": "20 items",
    "RelrailsQueueNotDraining": "0.5 min",
    "RelrailsQueueItemOld": "0.25 min",
    "RelrailsJobStuck": "0.2 min",
    "RelrailsRuntime": "5 %",
    f"RelrailsStorageGrowth {TENANT}": "0.025 MiB/d",
}


def said_by(ticket: Ticket) -> tuple[str, float]:
    """What a ticket says, and the value in it: the first number that is not part of a word."""
    assert ticket.fired is not None
    text = ticket.fired.annotations["description"]
    found = re.search(r"(?<![\w+])\+?(Inf|\d+(?:\.\d+)?)\b", text)
    assert found is not None, text
    return text, float(found[1])
