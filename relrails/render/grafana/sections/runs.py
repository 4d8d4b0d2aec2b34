"""Where in a journey is it, and why? The charts of runs: steps, durations, phases, failures, second attempts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from relrails.probe import names as probe
from relrails.promql import call, compare, duration_text, number
from relrails.render.grafana import queries
from relrails.render.grafana.field import (
    GREEN,
    GREY,
    ORANGE,
    RED,
    YELLOW,
    Override,
    Thresholds,
    ValueText,
    dashed_line,
    fixed_color,
)
from relrails.render.grafana.panels import Panel, Stat, StateTimeline, TimeSeries
from relrails.render.grafana.runs import Runs
from relrails.render.grafana.target import Target
from relrails.render.grafana.unit import Unit
from relrails.units import Duration, exact, text

QUANTILES = (Decimal("0.5"), Decimal("0.95"), Decimal("0.99"))
MOST = 10
"""Lines on one chart of failures; more cannot be told apart."""
RESULTS = (ValueText(value=1, text="passing", color=GREEN), ValueText(value=0, text="FAILING", color=RED))
RESULT_COLORS = Thresholds(RED, (1, GREEN))
OUTCOMES: dict[probe.Outcome, str] = {
    "success": GREEN,
    "flaky": YELLOW,
    "failure": RED,
    "error": "purple",
    "skipped": ORANGE,
    "cancelled": GREY,
}
FAILING = (ValueText(value=0, text="OK", color=GREEN), ValueText(value=1, text="FAILING", color=RED))


def failing(runs: Runs) -> Panel:
    """Show which step failed when."""
    return StateTimeline(
        key="failing-steps",
        title="Failing steps",
        description="The step that the last run failed at; a gap where there was no run to tell.",
        targets=[
            Target(expr=queries.largest(runs.all_of(probe.FAILING), *runs.by, "step"), legend=_legend(runs, "step"))
        ],
        meanings=FAILING,
        thresholds=Thresholds(GREEN, (1, RED)),
    )


def durations(runs: Runs, limit: Duration) -> Panel:
    """Show how long the runs of one journey took, and the longest that 95 of 100 may take."""
    return TimeSeries(
        key="durations",
        title="Duration of a run",
        description=f"Half, 95 and 99 of 100 runs in {duration_text(runs.window)} were quicker; 95 of 100 must take at "
        f"most {text(limit)}. A dot is a run, and leads to its trace.",
        targets=[
            Target(expr=runs.duration(q), legend=quantile_name(q), ref=queries.ref(index), exemplar=q == QUANTILES[-1])
            for index, q in enumerate(reversed(QUANTILES))
        ],
        unit=Unit.SECONDS,
        least=0,
        soft_most=exact(limit, "second"),
        thresholds=Thresholds("transparent", (exact(limit, "second"), RED)),
        threshold_style="dashed",
    )


def step_durations(runs: Runs) -> Panel:
    """Show which step takes the time."""
    slow = QUANTILES[1]
    return TimeSeries(
        key="step-durations",
        title="Steps, p95",
        description=f"Time that 95 of 100 runs in {duration_text(runs.window)} stay below, for each step.",
        targets=[
            Target(expr=runs.quantile(slow, probe.STEP_DURATION, "step"), legend=_legend(runs, "step"), exemplar=True)
        ],
        unit=Unit.SECONDS,
        least=0,
    )


def phases(runs: Runs) -> Panel:
    """Show whether it is the network, the handshake or the answer."""
    return TimeSeries(
        key="phases",
        title="Phases of the last run",
        description="Seconds that all steps spent looking up the name, connecting, waiting …, one on another.",
        targets=[Target(expr=runs.phases(), legend=_legend(runs, "phase"))],
        unit=Unit.SECONDS,
        least=0,
        stack=True,
        fill=40,
    )


def failures(runs: Runs) -> Panel:
    """Show what failed, and why."""
    each = compare(runs.counted(probe.STEP_FAILURES, "step", "reason"), ">", number(0))
    every = runs.counted(probe.STEP_FAILURES)
    named = call("topk", number(MOST), each)
    return TimeSeries(
        key="failures",
        title="Failures by step and reason",
        description=f"Failed steps in the {duration_text(runs.window)} before each moment, all and the {MOST} most "
        "frequent kinds.",
        targets=[
            Target(expr=named, legend=_legend(runs, "step", "reason")),
            Target(expr=every, legend=_legend(runs, more="all"), ref="B"),
        ],
        unit=Unit.SHORT,
        decimals=1,
        least=0,
        soft_most=1,
        legend="table",
        legend_calcs=("lastNotNull", "max"),
    )


def flaky(runs: Runs, over: Duration, limits: Mapping[str, Decimal]) -> Panel:
    """Show how many runs only worked at a second attempt; `limits` are where a ticket comes, by journey."""
    colors = {name: Thresholds(GREEN, (limit, YELLOW)) for name, limit in limits.items()}
    return Stat(
        key="flaky",
        title=f"Flaky, {duration_text(over)}",
        description=f"Share of the runs in {duration_text(over)} that succeeded only at a second attempt; yellow where "
        "a ticket comes.",
        targets=[Target(expr=runs.flaky(over), legend=_legend(runs) or "flaky", instant=True)],
        unit=Unit.PERCENT_OF_ONE,
        decimals=1,
        thresholds=None if runs.by else next(iter(colors.values())),
        overrides=by_journey(colors) if runs.by else [],
        text="value_and_name" if runs.by else "auto",
        width=12 if runs.by else 4,
    )


def by_journey(colors: Mapping[str, Thresholds]) -> list[Override]:
    """Give each journey's tile colours of its own."""
    return [
        Override(match=name, properties={"thresholds": found.to_json_data()}) for name, found in sorted(colors.items())
    ]


def outcomes(runs: Runs) -> Panel:
    """Show how the runs ended."""
    return TimeSeries(
        key="outcomes",
        title="Runs by outcome",
        description=f"Runs in the {duration_text(runs.window)} before each moment. Flaky ones succeeded at a second "
        "attempt; error, skipped and cancelled say nothing of the service.",
        targets=[Target(expr=runs.counted(probe.RUNS, "outcome"), legend=_legend(runs, "outcome"))],
        unit=Unit.SHORT,
        decimals=1,
        least=0,
        stack=True,
        fill=40,
        overrides=[
            Override(match=outcome, properties={"color": fixed_color(color)}) for outcome, color in OUTCOMES.items()
        ],
    )


def retries(runs: Runs) -> Panel:
    """Show what second attempts hid, and which the budget refused."""
    used, suppressed = (runs.counted(metric) for metric in (probe.RETRIES, probe.RETRIES_SUPPRESSED))
    return TimeSeries(
        key="retries",
        title="Second attempts",
        description=f"Requests that were tried again in the {duration_text(runs.window)} before each moment, and those "
        "that were not because the budget for it was spent.",
        targets=[
            Target(expr=used, legend=_legend(runs, more="tried again")),
            Target(expr=suppressed, legend=_legend(runs, more="not allowed"), ref="B"),
        ],
        unit=Unit.SHORT,
        decimals=1,
        least=0,
        soft_most=1,
        overrides=[Override(by="byRegexp", match=".*not allowed", properties={"color": fixed_color(RED)})],
    )


def slowest(runs: Runs, limits: Sequence[tuple[Runs, Duration]]) -> Panel:
    """Show the durations of many journeys, each with its own limit."""
    lines = [Target(expr=runs.duration(QUANTILES[1]), legend="{{journey}}", exemplar=True)]
    for index, (one, limit) in enumerate(limits, start=1):
        lines.append(
            Target(expr=one.constant(exact(limit, "second")), legend=f"{{{{journey}}}} {LIMIT}", ref=queries.ref(index))
        )
    return TimeSeries(
        key="durations",
        title="Duration of a run, p95",
        description=f"Time that 95 of 100 runs in {duration_text(runs.window)} stay below, and, dashed, the most that "
        "it may be. A dot is a run, and leads to its trace.",
        targets=lines,
        unit=Unit.SECONDS,
        log=10,
        overrides=[dashed_line(f".* {LIMIT}", RED, by="byRegexp")],
    )


LIMIT = "limit"


def spread(runs: Runs) -> Panel:
    """Show the usual and the worst durations of many journeys."""
    return TimeSeries(
        key="spread",
        title="Duration of a run, p50 and p99",
        description=f"Time that half and 99 of 100 runs in {duration_text(runs.window)} stay below.",
        targets=[
            Target(expr=runs.duration(q), legend=f"{{{{journey}}}} {quantile_name(q)}", ref=queries.ref(index))
            for index, q in enumerate((QUANTILES[0], QUANTILES[2]))
        ],
        unit=Unit.SECONDS,
        log=10,
    )


def quantile_name(q: Decimal) -> str:
    """Name a quantile: p95."""
    return f"p{format((q * 100).normalize(), 'f')}"


def _legend(runs: Runs, *labels: str, more: str = "") -> str:
    words = [*(f"{{{{{label}}}}}" for label in (*runs.by, *labels)), *([more] if more else [])]
    return " ".join(words)
