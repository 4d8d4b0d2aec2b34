"""The dashboard of all journeys: which one fails, at which step, since when, and whether the runner is to blame."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from relrails.probe import Journey, backend
from relrails.probe import names as probe
from relrails.probe.host import hosts_of
from relrails.promql import (
    Expr,
    Matcher,
    Selector,
    String,
    and_,
    avg_over_time,
    call,
    difference,
    duration_text,
    group_by,
    number,
    or_,
    product,
    rate,
    sum_by,
    time,
)
from relrails.render.grafana import queries
from relrails.render.grafana.dashboard import Choice, Dashboard, Link
from relrails.render.grafana.field import (
    GREEN,
    RED,
    DataLink,
    Override,
    Thresholds,
    ValueText,
)
from relrails.render.grafana.layout import Section
from relrails.render.grafana.panels import AlertList, Panel, Stat, StateTimeline, TimeSeries
from relrails.render.grafana.runs import BY_BLACKBOX, BY_RUNNER, RUN_BY_US, Runs
from relrails.render.grafana.sections import palette
from relrails.render.grafana.sections import runs as panels
from relrails.render.grafana.sections.hosts import hosts
from relrails.render.grafana.service import JOURNEYS, OVERVIEW
from relrails.render.grafana.target import Target
from relrails.render.grafana.unit import Unit
from relrails.rules import names
from relrails.service import Service
from relrails.units import Duration, Ratio, days, exact, hours, minutes

MISSED = 3
"""Runs that may be missing before a journey counts as stale: as many as its alert waits for."""
SOON: Duration = 1 * hours
DAY: Duration = 1 * days
RUNNER_WINDOW: Duration = 10 * minutes
LIMITS = 8
"""Journeys whose limits are drawn beside their durations; of more the lines cannot be told apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fleet:
    """All journeys with the services that promise them, each once, sorted by name."""

    services: Sequence[Service]
    of: Mapping[str, tuple[Service, Journey]]
    runs: Runs

    @property
    def journeys(self) -> tuple[Journey, ...]:
        return tuple(journey for _, journey in self.of.values())

    @property
    def run_by_us(self) -> tuple[Journey, ...]:
        return tuple(journey for journey in self.journeys if backend(journey).name == "runner")


def journeys_dashboard(services: Sequence[Service]) -> Dashboard:
    """Give the dashboard of all journeys; raises ValueError where there is none."""
    found = {j.name: (s, j) for s in sorted(services, key=lambda s: s.name) for j in s.journeys}
    fleet = _Fleet(
        services=services,
        of=dict(sorted(found.items())),
        runs=Runs.chosen([journey for _, journey in found.values()]),
    )
    results = Selector(probe.SUCCESS, (RUN_BY_US,))
    sections = [Section(key="now", title="Now", panels=list(_now(fleet))), *_details(fleet)]
    return Dashboard(
        uid=JOURNEYS,
        title="Customer journeys",
        description="What customers do, done by probes: which journey fails, at which step, and why.",
        sections=sections,
        environments=results,
        choices=[Choice(name="journey", title="Journey", label="journey", of=results, every=".+")],
        tags=["journeys"],
        links=[Link(title="All services", url=f"/d/{OVERVIEW}", keep=True)],
        since="now-6h",
    )


def _details(fleet: _Fleet) -> Iterator[Section]:
    yield Section(key="success", title="Success", panels=list(_success(fleet)))
    yield Section(key="latency", title="Latency", panels=list(_latency(fleet)))
    if fleet.run_by_us:
        runs = Runs.chosen(fleet.run_by_us)
        why = [
            panels.failures(runs),
            panels.outcomes(runs.together()),
            *_flaky(runs, fleet.run_by_us),
            panels.retries(runs),
        ]
        yield Section(key="failures", title="Failures", panels=why)
    yield Section(key="hosts", title="Hosts", panels=list(hosts(hosts_of(fleet.journeys))))
    if fleet.run_by_us:
        yield Section(key="runner", title="Runner", panels=list(_runner(Runs.chosen(fleet.run_by_us))))


def _now(fleet: _Fleet) -> Iterator[Panel]:
    runs = fleet.runs
    objectives = {name: Thresholds(RED, (_share(j.objective), GREEN)) for name, (_, j) in fleet.of.items()}
    late = {name: Thresholds(GREEN, (MISSED * _seconds(j.every), RED)) for name, (_, j) in fleet.of.items()}
    yield _tiles(
        "state",
        "State",
        "Result of the last run. No data means that nobody runs the journey.",
        queries.smallest(runs.results(), "journey"),
        unit=Unit.NONE,
        meanings=panels.RESULTS,
        thresholds=panels.RESULT_COLORS,
        color_mode="background",
        overrides=_links(fleet),
        width=12,
    )
    yield AlertList(
        key="alerts",
        title="Alerts",
        description="Pending and firing alerts of journeys, from every rule source that this Grafana knows.",
        labels='{journey=~".+"}',
        width=12,
        height=4,
    )
    for window in (SOON, DAY):
        yield _tiles(
            f"success-{duration_text(window)}",
            f"Success, {duration_text(window)}",
            f"Share of the last {duration_text(window)} in which the last run had succeeded.",
            queries.smallest(avg_over_time(runs.results(), window), "journey"),
            unit=Unit.PERCENT_OF_ONE,
            decimals=2,
            overrides=panels.by_journey(objectives),
        )
    whole = _window(fleet)
    yield _tiles(
        "success-window",
        f"Success, {whole}",
        f"Share of successful probes over the window of the SLO, {whole}; red below its objective.",
        _promised(fleet, queries.good(product(_slo(names.PERIOD_BURN_RATE, newest=True), _slo(names.ERROR_BUDGET)))),
        unit=Unit.PERCENT_OF_ONE,
        decimals=2,
        overrides=panels.by_journey(objectives),
    )
    yield _tiles(
        "budget",
        "Budget left",
        f"Share of the error budget of the last {whole} that is left; below zero the objective is missed.",
        _promised(fleet, _slo(names.BUDGET_REMAINING, newest=True)),
        unit=Unit.PERCENT_OF_ONE,
        decimals=1,
        thresholds=palette.earliest(fleet.services),
    )
    yield _tiles(
        "age",
        "Last run",
        f"Time since the last run ended; red where {MISSED} are missing.",
        difference(time(), _last_run(runs)),
        unit=Unit.SECONDS,
        decimals=0,
        overrides=panels.by_journey(late),
    )


def _success(fleet: _Fleet) -> Iterator[Panel]:
    runs = fleet.runs
    yield TimeSeries(
        key="success",
        title="Success",
        description=f"Share of the {duration_text(runs.window)} before each moment in which the last run had succeeded",
        targets=[
            Target(expr=queries.smallest(avg_over_time(runs.results(), runs.window), "journey"), legend="{{journey}}")
        ],
        unit=Unit.PERCENT_OF_ONE,
        least=0,
        most=1,
    )
    if fleet.run_by_us:
        yield panels.failing(runs)


def _latency(fleet: _Fleet) -> Iterator[Panel]:
    limited = fleet.journeys if len(fleet.journeys) <= LIMITS else ()
    yield panels.slowest(fleet.runs, [(fleet.runs.only(journey), journey.latency) for journey in limited])
    yield panels.spread(fleet.runs)
    if fleet.run_by_us:
        yield panels.step_durations(Runs.chosen(fleet.run_by_us))
    yield panels.phases(fleet.runs.together())


def _flaky(runs: Runs, journeys: Sequence[Journey]) -> Iterator[Panel]:
    """One line of tiles for each time over which journeys count how flaky they are."""
    for over in sorted({_seconds(j.flaky.over): j.flaky.over for j in journeys}.items(), key=lambda pair: pair[0]):
        limits = {j.name: _share(j.flaky.above) for j in journeys if _seconds(j.flaky.over) == over[0]}
        yield panels.flaky(runs, over[1], limits)


def _runner(runs: Runs) -> Iterator[Panel]:
    lateness = rate(runs.all_of(f"{probe.LATENESS}_bucket"), RUNNER_WINDOW)
    yield TimeSeries(
        key="lateness",
        title="Lateness",
        description="How much later than planned runs began: a runner that is late measures itself, not the service.",
        targets=[
            Target(
                expr=call("histogram_quantile", number(q), sum_by(lateness, "le")),
                legend=panels.quantile_name(q),
                ref=ref,
            )
            for q, ref in ((Decimal("0.5"), "A"), (Decimal("0.99"), "B"))
        ],
        unit=Unit.SECONDS,
        least=0,
    )
    yield TimeSeries(
        key="not-run",
        title="Runs that say nothing",
        description=f"Skipped because the one before was still running, broken off, or failed by the runner's own "
        f"fault, in the {duration_text(runs.window)} before each moment.",
        targets=[
            Target(
                expr=runs.together().counted(probe.RUNS, "outcome", outcome="cancelled|error|skipped"),
                legend="{{outcome}}",
            )
        ],
        unit=Unit.SHORT,
        decimals=1,
        least=0,
        soft_most=1,
    )
    yield StateTimeline(
        key="runner-up",
        title="Runner",
        description="Whether the runner answers, and whether it reaches the world outside; while it does not, no "
        "failure of a journey says anything.",
        targets=[
            Target(expr=queries.smallest(Selector("up", (BY_RUNNER,))), legend="answers"),
            Target(expr=queries.smallest(Selector(probe.EGRESS_OK)), legend="reaches out", ref="B"),
        ],
        meanings=(ValueText(value=1, text="yes", color=GREEN), ValueText(value=0, text="NO", color=RED)),
        thresholds=panels.RESULT_COLORS,
    )
    yield TimeSeries(
        key="scrape",
        title="Scrape of the runner",
        description="Series that each scrape brings; a failure must not add any.",
        targets=[Target(expr=sum_by(Selector("scrape_samples_scraped", (BY_RUNNER,))), legend="series")],
        unit=Unit.SHORT,
        decimals=0,
        least=0,
    )


def _tiles(key: str, title: str, description: str, expr: Expr, **shown: Any) -> Panel:
    """Give a stat with one tile for each journey."""
    target = Target(expr=expr, legend="{{journey}}", instant=True)
    settings = {"width": 8, "text": "value_and_name", **shown}
    return Stat(key=key, title=title, description=description, targets=[target], **settings)


def _links(fleet: _Fleet) -> list[Override]:
    """Lead each tile to its service's dashboard, and to the page of its last failure."""
    out = []
    for name, (service, journey) in fleet.of.items():
        links = [
            DataLink(
                title=f"Dashboard of {service.name}",
                url=f"/d/{names.dashboard_uid(service.name)}?${{__url_time_range}}&${{environment:queryparam}}",
            )
        ]
        if service.runs and backend(journey).name == "runner":
            url = f"{service.runs.rstrip('/')}/runs/{name}/last-failure"
            links.append(DataLink(title="Last failure", url=url, new_tab=True))
        out.append(Override(match=name, properties={"links": [link.to_json_data() for link in links]}))
    return out


def _last_run(runs: Runs) -> Expr:
    ended: list[Expr] = []
    if "runner" in runs.backends:
        ended.append(queries.largest(runs.all_of(probe.LAST_RUN), "journey"))
    if "blackbox" in runs.backends:  # which is run by the scrape itself
        ended.append(queries.largest(call("timestamp", runs.all_of(probe.SUCCESS, BY_BLACKBOX)), "journey"))
    return ended[0] if len(ended) == 1 else or_(ended[0], ended[1])


def _slo(metric: str, *, newest: bool = False) -> Expr:
    """Take a recorded series of every journey's SLO, by the SLO's name.

    Not by environment: a rule that promises one journey has no such label, as the journey itself says where it runs.
    """
    found = Selector(metric, (Matcher("slo", "=~", "journey-.+"),))
    return queries.smallest(queries.newest(found) if newest else found, "slo")


def _promised(fleet: _Fleet, of: Expr) -> Expr:
    """Give the SLOs of the chosen journeys the journeys' names: those of an SLO have a hyphen for each underscore."""
    found = _named(of, "$1", "journey-(.+)")
    for name, (service, journey) in fleet.of.items():
        slo = queries.promise_of(service, journey).name
        if slo != f"journey-{name}":
            found = _named(found, name, slo)
    return and_(found, group_by(fleet.runs.results(), "journey"), on=("journey",))


def _named(of: Expr, journey: str, slo: str) -> Expr:
    return call("label_replace", of, String("journey"), String(journey), String("slo"), String(slo))


def _window(fleet: _Fleet) -> str:
    windows = {duration_text(journey.window) for journey in fleet.journeys}
    return windows.pop() if len(windows) == 1 else "its window"


def _share(of: Ratio) -> Decimal:
    return exact(of, "ratio")


def _seconds(of: Duration) -> Decimal:
    return exact(of, "second")
