"""Service files for a fleet of any size: three SLOs each, no two services alike."""

from pathlib import Path

OBJECTIVES = ("99", "99.5", "99.9", "99.95")
WINDOWS = (28, 30)
THRESHOLDS = (100, 300, 1000)

TEMPLATE = '''\
"""{name}: service {number} of a fleet."""

from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.units import days, ms, percent, seconds

requests = metric.Counter("http_requests_total").where(job="{name}")
durations = metric.Histogram("http_request_duration_seconds", buckets=(0.05, 0.1, 0.3, 1, 3)).where(job="{name}")
answers = metric.Counter("jobs_finished_total").where(job="{name}")

service = Service(
    name="{name}",
    owner="team-{team}",
    description="Does what the other services leave to it.",
    scrape_interval=15 * seconds,
    runbook="https://runbooks.example.com/{name}",
    grafana="https://grafana.example.com",
    slos=(
        SLO(
            name="availability",
            description="A request is good unless we answer 5xx.",
            sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
            objective={objective} * percent,
            window={window} * days,
        ),
        SLO(
            name="latency",
            description="Answers arrive within {threshold} ms.",
            sli=sli.Latency(histogram=durations, threshold={threshold} * ms),
            objective=95 * percent,
            window={window} * days,
        ),
        SLO(
            name="completion",
            description="A job that was accepted ends well.",
            sli=sli.Correctness(total=answers, bad=answers.where(outcome="failed")),
            objective=99 * percent,
            window={window} * days,
        ),
    ),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
)
'''


def write(folder: Path, services: int) -> None:
    """Fill an empty folder with service files."""
    folder.mkdir(parents=True)
    for number in range(services):
        name = f"service-{number:04}"
        described = TEMPLATE.format(
            name=name,
            number=number,
            team=number % 7,
            objective=OBJECTIVES[number % len(OBJECTIVES)],
            window=WINDOWS[number % len(WINDOWS)],
            threshold=THRESHOLDS[number % len(THRESHOLDS)],
        )
        (folder / f"service_{number:04}.py").write_text(described, encoding="utf-8")


def change_one(folder: Path) -> None:
    """Change one objective of one service."""
    first = min(folder.glob("*.py"))
    first.write_text(first.read_text(encoding="utf-8").replace("objective=95 ", "objective=96 "), encoding="utf-8")
