"""From replies to the facts that a gate is judged by. An answer that cannot be used becomes a failure, never a gap."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from relrails.judge.canary.reason import Code
from relrails.judge.gate import BurnFacts, Facts, FreezeFacts, Missing, Reading, SLOFacts
from relrails.live.gate.alerting import Alerts, alerting, only_alerts
from relrails.live.gate.asking import WINDOW_LABEL, Questions
from relrails.live.gate.limits import limits
from relrails.live.gate.probing import journeys
from relrails.live.gate.recorded import Recorded, groups
from relrails.live.prometheus import Found, Instant, NoData, Reply, Result, Series, Unusable
from relrails.promql import duration_text
from relrails.release import Freeze, ReleaseClass
from relrails.rules import Tier, names, tiers
from relrails.service import Service
from relrails.units import Ratio, exact

HALF = Fraction(1, 2)
"""Rates only estimate whole events: the alerts ask for half an event less too."""


def facts(service: Service, release: ReleaseClass, asked: Questions, replies: Sequence[Reply], at: float) -> Facts:
    """Put together what was found out; `replies` are to `asked`, in any order."""
    results = {reply.query: reply.result for reply in replies}
    told = {query: results.get(query, Unusable("it was not asked")) for query in asked}
    told[asked.alerts] = only_alerts(service, told[asked.alerts])
    alerts = alerting(told[asked.alerts])
    recorded, events = _series(told[asked.recorded]), _series(told[asked.events])
    policy = service.error_budget
    return Facts(
        service=service.name,
        at=at,
        release=release,
        exempt=policy.exempt,
        warn_below=_ratio(policy.warn_below),
        freeze_below=_ratio(policy.freeze_below),
        slos=tuple(_slos(service, recorded, events, alerts, at)) if _usable(told[asked.recorded]) else (),
        journeys=()
        if asked.runs is None or not _usable(told[asked.runs])
        else journeys(service, _series(told[asked.runs]), alerts, at),
        alerts=alerts.firing,
        freezes=tuple(map(_freeze, service.freezes)),
        limits=tuple(limits(service, recorded, at)) if _usable(told[asked.recorded]) else (),
        failures=tuple(_failures(told)),
    )


def _failures(told: Mapping[Instant, Result]) -> Iterable[Missing]:
    """Give one failure for each way in which questions went wrong."""
    texts = {(r.code, r.text) for r in told.values() if isinstance(r, Unusable) and not isinstance(r, NoData)}
    return [Missing(Code(code), said) for code, said in sorted(texts)]


def _usable(result: Result) -> bool:
    """Tell whether a question was answered; that there is nothing is an answer too."""
    return isinstance(result, Found | NoData)


def _series(result: Result) -> tuple[Series, ...]:
    return result.series if isinstance(result, Found) else ()


def _slos(
    service: Service, recorded: tuple[Series, ...], events: tuple[Series, ...], alerts: Alerts, at: float
) -> Iterable[SLOFacts]:
    of_slo, bad = _by_slo(recorded), _by_slo(events)
    for slo in sorted(service.promises, key=lambda s: s.name):
        for one in groups(service, slo, of_slo.get(slo.name, ()), at):
            yield _slo(one, tuple(bad.get(slo.name, ())), alerts)


def _by_slo(found: tuple[Series, ...]) -> dict[str, list[Series]]:
    parted: dict[str, list[Series]] = {}
    for series in found:
        parted.setdefault(series.labels.get("slo", ""), []).append(series)
    return parted


def _slo(one: Recorded, events: tuple[Series, ...], alerts: Alerts) -> SLOFacts:
    slo = one.slo
    by = dict(zip(slo.by, one.group, strict=True))
    coverage = one.number(names.COVERAGE, short=False)
    return SLOFacts(
        name=slo.name,
        group=", ".join(f"{label} {value}" for label, value in by.items()),
        goal=float(slo.goal),
        window=duration_text(slo.window),
        window_seconds=float(exact(slo.window, "second")),
        burns=tuple(_burn(one, tier, events, alerts, by) for tier in tiers(slo)),
        budget_left=one.blind() or one.number(names.BUDGET_REMAINING, short=False),
        bad_events=one.number(names.bad_over(slo.window), short=False),
        least=float(slo.minimum_bad_events - HALF),
        coverage=coverage if isinstance(coverage, float) else None,
        since=alerts.since(names.BUDGET_SPENT, slo=slo.name, **by),
    )


def _burn(one: Recorded, tier: Tier, events: tuple[Series, ...], alerts: Alerts, by: dict[str, str]) -> BurnFacts:
    long, short = duration_text(tier.long), duration_text(tier.short)
    return BurnFacts(
        severity=tier.severity,
        long=long,
        short=short,
        factor=float(tier.factor),
        threshold=float(tier.threshold),
        long_ratio=one.ratio(tier.long),
        short_ratio=one.ratio(tier.short),
        bad_events=_events(events, {"slo": one.slo.name, WINDOW_LABEL: long, **by}),
        least=float(one.slo.minimum_bad_events - HALF),
        since=alerts.since(names.BURN, slo=one.slo.name, long=long, short=short, **by),
    )


def _events(events: tuple[Series, ...], labels: Mapping[str, str]) -> Reading:
    found = [s for s in events if all(s.labels.get(label, "") == value for label, value in labels.items())]
    if len(found) == 1:
        return found[0].newest.value
    return Missing(Code.AMBIGUOUS_RESULT if found else Code.GATE_NO_DATA, f"{len(found)} counts of bad events")


def _freeze(freeze: Freeze) -> FreezeFacts:
    return FreezeFacts(
        name=freeze.name,
        start=_unix(freeze.start),
        end=_unix(freeze.end),
        reason=freeze.reason,
        allows=freeze.allows,
    )


def _unix(at: datetime) -> float:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone, so it is no moment")
    return at.timestamp()


def _ratio(share: Ratio) -> float:
    return float(exact(share, "ratio"))
