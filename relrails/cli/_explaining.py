"""What a service or an SLO comes to, as text."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from relrails.judge.detection import Burn, detection, recovery
from relrails.problems.drawing import place
from relrails.promql import duration_text
from relrails.prove.scene import Scene, minutes_of
from relrails.render.prometheus import rule_file
from relrails.render.runbook.meanings import ALERTS, series_meaning
from relrails.render.runbook.numbers import arithmetic, digits, promise, time_text
from relrails.rules import AlertingRule, RecordingRule, RuleGroup, Tier, names, rule_groups, tiers
from relrails.rules.annotations import percent_text
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import exact

_RATIOS = tuple(Fraction(percent, 100) for percent in (100, 50, 10, 5, 2, 1))


def service_text(service: Service) -> str:
    """Sum a service up: its promises, and what follows from them."""
    policy = service.error_budget
    low, spent = (percent_text(exact(r, "ratio")) for r in (policy.warn_below, policy.freeze_below))
    said = [f"{service.name}, owned by {service.owner} ({place(service.source.span)})"]
    said += [service.description] if service.description else []
    said += ["", "promises"]
    for slo in sorted(service.promises, key=lambda s: s.name):
        numbers = promise(slo)
        said.append(f"  {slo.name}: {numbers.objective} of {slo.sli.events} over {numbers.window}, a budget of")
        said.append(f"    {numbers.outage} of full outage, or {numbers.events}")
    said += ["", "error budget", f"  a ticket below {low}, releases freeze below {spent}"]
    said += ["", "links", f"  runbook    {service.runbook}", f"  dashboard  {names.dashboard_url(service)}"]
    said += ["", f"`relrails explain {service.name}/{service.promises[0].name}` says more about an SLO"]
    return "\n".join(said)


def slo_text(service: Service, slo: SLO) -> str:
    """Work an SLO out: the promise, each alert with its arithmetic and times, each recorded series."""
    numbers = promise(slo)
    by = f" of each {', '.join(slo.by)}" if slo.by else ""
    said = [
        f"{service.name}/{slo.name} ({place(slo.source.span)})",
        slo.description,
        "",
        "promise",
        f"  {numbers.objective} of {slo.sli.events}{by} are good over {numbers.window}",
        f"  {slo.sli.sentence()}",
        f"  budget: {percent_text(slo.budget)} = {numbers.outage} of full outage, or {numbers.events}",
        "",
        "alerts",
        *_alerts(service, slo),
        "",
        f"series (in {Path('generated') / rule_file(service, slo).path})",
        *_series(rule_groups(service, slo)),
    ]
    return "\n".join(said)


def _alerts(service: Service, slo: SLO) -> Iterator[str]:
    scene = Scene.of_slo(service, slo)
    for tier in scene.tiers:
        yield f"  {names.BURN} ({tier.severity}, {duration_text(tier.long)} and {duration_text(tier.short)})"
        yield f"    above {percent_text(tier.threshold)} bad over both: {arithmetic(slo, tier)}, factor × budget"
        yield f"    by then {_share(slo, tier)}"
        yield f"    fires {_times(scene, tier)}"
        clears = recovery(scene.alert(tier, _every(tier)), Burn(Fraction(1)), minutes_of(tier.long) // _every(tier))
        yield f"    clears at most {_minutes(clears.latest * _every(tier))} after a total outage"
        if tier.note:
            yield f"    note: {tier.note}"
    for tier in tiers(slo):
        if tier.refusal:
            yield f"  left out: {tier.refusal}"
    for rule in (r for g in rule_groups(service, slo) for r in g.rules if isinstance(r, AlertingRule)):
        if rule.alert != names.BURN:
            waits = "" if rule.for_ is None else f", after {duration_text(rule.for_)}"
            yield f"  {rule.alert} ({rule.labels['severity']}{waits})"
            yield f"    {ALERTS[rule.alert].what}"
    yield f"  what they mean and what to do: {service.runbook}"


def _share(slo: SLO, tier: Tier) -> str:
    spent = Fraction(slo.budget) * Fraction(tier.share) * Fraction(exact(slo.window, "second"))
    return f"{digits(tier.share * 100)} % of the budget is spent, {time_text(spent)} of full outage"


def _times(scene: Scene, tier: Tier) -> str:
    """Say after how long it fires at each error ratio; beyond the last of them it never does."""
    said: list[str] = []
    for ratio in _RATIOS:
        latest = detection(scene.alert(tier, _every(tier)), Burn(ratio)).latest
        if latest < 0:
            return ", ".join([*said, f"never at {float(ratio * 100):g} %"])
        said.append(f"after {_minutes(latest * _every(tier))} at {float(ratio * 100):g} %")
    return ", ".join(said)


def _every(tier: Tier) -> int:
    """Minutes between two evaluations of the group that the alert is in."""
    return minutes_of(names.LONG_INTERVAL if names.is_long(tier.long) else names.SHORT_INTERVAL)


def _minutes(minutes: int) -> str:
    return time_text(Fraction(minutes * 60)) if minutes > 1 else f"{minutes} min"


def _series(groups: tuple[RuleGroup, ...]) -> Iterator[str]:
    for group in groups:
        yield f"  every {duration_text(group.interval)}"
        recorded = [rule.record for rule in group.rules if isinstance(rule, RecordingRule)]
        width = max(map(len, recorded))
        yield from (f"    {name:{width}}  {series_meaning(name)}" for name in recorded)
