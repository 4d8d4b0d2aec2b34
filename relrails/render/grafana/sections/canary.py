"""Is the canary worse than the stable version, and what was done about it? The two tracks side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from relrails.canary import ErrorRate, Latency, Policy
from relrails.canary import names as told
from relrails.canary.counts import bucketed, countable
from relrails.metric import Metric, matching
from relrails.promql import (
    Expr,
    Matcher,
    Selector,
    call,
    compare,
    difference,
    number,
    product,
    quotient,
    rate,
    sum_by,
    time,
)
from relrails.render.grafana import queries
from relrails.render.grafana.field import (
    BLUE,
    GREEN,
    GREY,
    RED,
    YELLOW,
    Override,
    Thresholds,
    ValueText,
    dashed_line,
    fixed_color,
)
from relrails.render.grafana.panels import Panel, Stat, StateTimeline, TimeSeries
from relrails.render.grafana.target import Target
from relrails.render.grafana.unit import Unit
from relrails.rules import names
from relrails.rules.annotations import percent_text
from relrails.rules.records import base_window
from relrails.service import Service
from relrails.sli import SLI
from relrails.slo import SLO
from relrails.units import Duration, exact, minutes, plain, text

M = TypeVar("M", bound=Metric)
CANARY, STABLE = "canary", "stable"
VERDICTS = {"PROMOTE": GREEN, "ROLLBACK": RED, "BLOCK": RED, "INCONCLUSIVE": YELLOW}
CLOSE = Decimal("0.5")
"""The share of the evidence it takes for a rollback from which on somebody may want to look."""
LEAST_WINDOW: Duration = 5 * minutes


def canary(service: Service) -> Iterator[Panel]:
    """Give what the controller says, and error ratios and latencies of both tracks; nothing without a policy."""
    policy = service.canary
    if policy is None:
        return
    yield _verdict(service)
    yield _evidence_now(service)
    yield _share(service, policy)
    yield _age(service, policy)
    for check in policy.checks:
        if isinstance(check, ErrorRate) and countable(check.slo.sli):
            yield _errors(service, policy, check.slo)
        elif isinstance(check, Latency) and bucketed(check.slo.sli):
            yield _latency(service, policy, check.slo, exact(check.quantile, "ratio"))
    yield _evidence(service)
    yield _phases(service)


def _verdict(service: Service) -> Panel:
    return Stat(
        key="verdict",
        title="Verdict",
        description="What was decided of the newest canary. No data means that nothing is decided, or that no canary "
        "runs.",
        targets=[
            Target(
                expr=compare(queries.largest(_said(service, told.VERDICT), "verdict"), "==", number(1)),
                legend="{{verdict}}",
                instant=True,
            )
        ],
        unit=Unit.NONE,
        text="name",
        color_mode="background",
        overrides=[
            Override(match=verdict, properties={"color": fixed_color(color)}) for verdict, color in VERDICTS.items()
        ],
        width=6,
    )


def _evidence_now(service: Service) -> Panel:
    return Stat(
        key="evidence-now",
        title="Evidence against it",
        description="The strongest test's evidence (ln e-value) as a share of what rolls the canary back.",
        targets=[Target(expr=queries.largest(_of_limit(service)), legend="evidence", instant=True)],
        unit=Unit.PERCENT_OF_ONE,
        decimals=0,
        thresholds=Thresholds(GREEN, (CLOSE, YELLOW), (1, RED)),
        width=6,
    )


def _share(service: Service, policy: Policy) -> Panel:
    meant = "" if policy.traffic_share is None else f"; meant is {percent_text(exact(policy.traffic_share, 'ratio'))}"
    return Stat(
        key="share",
        title="Traffic of the canary",
        description=f"The part of the traffic that the controller gives it{meant}.",
        targets=[Target(expr=queries.largest(_said(service, told.SHARE)), legend="share", instant=True)],
        unit=Unit.PERCENT_OF_ONE,
        decimals=0,
        thresholds=Thresholds(BLUE),
        width=6,
    )


def _age(service: Service, policy: Policy) -> Panel:
    late = 3 * exact(policy.step, "second")
    looked = queries.largest(_said(service, told.LAST_LOOK))
    return Stat(
        key="age",
        title="Last look",
        description=f"Time since the controller last judged the canary; it looks every {text(policy.step)}.",
        targets=[Target(expr=_since(looked), legend="last look", instant=True)],
        unit=Unit.SECONDS,
        decimals=0,
        thresholds=Thresholds(GREEN, (late, YELLOW)),
        width=6,
    )


def _errors(service: Service, policy: Policy, slo: SLO) -> Panel:
    window = _window(service, slo)

    def ratio(track: Mapping[str, str]) -> Expr:
        sli = _narrowed(slo.sli, track)
        total = sli.total_rate(window, ())
        bad = sli.bad_rate(window, (), product(number(0), total))
        return quotient(bad, compare(total, ">", number(0)))

    return TimeSeries(
        key=f"errors/{slo.name}",
        title=f"{slo.name}: bad {slo.sli.events} by track",
        description=f"Share of bad {slo.sli.events} in each {text(window)}, of the canary and of the stable version, "
        "and the share that the objective allows.",
        targets=[
            Target(expr=ratio(policy.canary), legend=CANARY),
            Target(expr=ratio(policy.stable), legend=STABLE, ref="B"),
            Target(expr=queries.largest(_budget(service, slo)), legend="allowed", ref="C"),
        ],
        unit=Unit.PERCENT_OF_ONE,
        least=0,
        overrides=[*_tracks(), dashed_line("allowed", RED)],
    )


def _latency(service: Service, policy: Policy, slo: SLO, quantile: Decimal) -> Panel:
    (histogram,) = slo.sli.metrics()
    window = _window(service, slo)
    name = f"p{format(plain(quantile * 100), 'f')}"

    def taken(track: Mapping[str, str]) -> Expr:
        here = _there(histogram, track)
        buckets = Selector(f"{here.name}_bucket", here.matchers)
        return call("histogram_quantile", number(quantile), sum_by(rate(buckets, window), "le"))

    limit: Duration = slo.sli.threshold  # type: ignore[attr-defined] # that of a Latency
    return TimeSeries(
        key=f"latency/{slo.name}",
        title=f"{slo.name}: {name} by track",
        description=f"Time that {percent_text(quantile)} of the {slo.sli.events} stay below, of the canary and of the "
        f"stable version; the promise is {text(limit)}.",
        targets=[
            Target(expr=taken(policy.canary), legend=CANARY, exemplar=True),
            Target(expr=taken(policy.stable), legend=STABLE, ref="B"),
        ],
        unit=Unit.SECONDS,
        least=0,
        thresholds=Thresholds("transparent", (exact(limit, "second"), RED)),
        threshold_style="dashed",
        overrides=_tracks(),
    )


def _evidence(service: Service) -> Panel:
    return TimeSeries(
        key="evidence",
        title="Evidence by test",
        description="ln e-value of each test as a share of what rolls the canary back: at the line it is. Below zero "
        "the test speaks for the canary.",
        targets=[Target(expr=_of_limit(service), legend="{{check}} {{test}}")],
        unit=Unit.PERCENT_OF_ONE,
        soft_least=0,
        soft_most=1,
        thresholds=Thresholds("transparent", (1, RED)),
        threshold_style="dashed",
    )


def _phases(service: Service) -> Panel:
    return StateTimeline(
        key="phases",
        title="Phase",
        description="Where the canary stood: observed, held, rolled back, promoted …; nothing where none ran.",
        targets=[
            Target(
                expr=compare(queries.largest(_said(service, told.STATE), "state"), "==", number(1)), legend="{{state}}"
            )
        ],
        meanings=(ValueText(value=1, text="here", color=BLUE),),
        thresholds=Thresholds(GREY, (1, BLUE)),
    )


def _of_limit(service: Service) -> Expr:
    evidence, limit = (
        queries.largest(_said(service, metric), "check", "test") for metric in (told.LOG_E_VALUE, told.LOG_E_LIMIT)
    )
    return quotient(evidence, limit)


def _said(service: Service, metric: str) -> Selector:
    """Select what the controller says; it knows no environments."""
    return Selector(metric, (Matcher("service", "=", service.name),))


def _since(moment: Expr) -> Expr:
    return difference(time(), moment)


def _budget(service: Service, slo: SLO) -> Selector:
    found = names.series_of(service, slo, names.ERROR_BUDGET)
    return Selector(found.metric, (*found.matchers, queries.ENVIRONMENT))


def _narrowed(sli: SLI, track: Mapping[str, str]) -> SLI:
    """Give the SLI of one track: each of its metrics with that track's labels."""
    parts = {name: getattr(sli, name, None) for name in ("total", "bad", "good")}
    own = {name: _there(part, track) for name, part in parts.items() if isinstance(part, Metric)}
    return replace(sli, **own)  # type: ignore[type-var] # every kind of SLI is a dataclass, though their base is none


def _there(metric: M, track: Mapping[str, str]) -> M:
    return metric.where(**track, env=matching("$environment"))


def _window(service: Service, slo: SLO) -> Duration:
    return max(LEAST_WINDOW, base_window(service, slo), key=lambda window: exact(window, "second"))


def _tracks() -> list[Override]:
    return [
        Override(match=CANARY, properties={"color": fixed_color("orange"), "custom.lineWidth": 2}),
        Override(match=STABLE, properties={"color": fixed_color(BLUE)}),
    ]
