"""Journeys that fail, alerts that fire, limits that are passed, times without releases, questions without an answer."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from relrails.judge.canary.reason import Code
from relrails.judge.gate.facts import Facts, Missing
from relrails.judge.gate.finding import Finding, checked, no_data

HARMLESS = frozenset({"ticket", "warning", "info", "none"})
"""Severities that call nobody; one that we do not know may."""


def failures(facts: Facts) -> Iterator[Finding]:
    """Give what could not be asked at all."""
    for failure in facts.failures:
        yield no_data("Prometheus", failure, "Prometheus answers in full")


def journeys(facts: Facts) -> Iterator[Finding]:
    """Give the journeys that fail so often that somebody is called, or whose runs nobody sees."""
    for journey in facts.journeys:
        about = f"journey {journey.name}"
        if isinstance(journey.failed, Missing):
            yield no_data(about, journey.failed, f"its runs in {journey.env} are seen again")
        elif journey.failed >= journey.failures:
            yield Finding(
                code=Code.PROBE_FAILURE,
                subject=about,
                text=f"{journey.failed} of its last {journey.of} runs in {journey.env} failed",
                until=f"fewer than {journey.failures} of its last {journey.of} runs failed",
                since=journey.since,
                observed=journey.failed,
                threshold=journey.failures,
                unit="runs",
            )


def alerts(facts: Facts, known: Collection[str]) -> Iterator[Finding]:
    """Give the alerts that fire, except about what is known to block by its numbers, which say more."""
    for alert in facts.alerts:
        if alert.subject in known:
            continue
        about = f"alert {alert.name}" + (f" of {alert.subject}" if alert.subject else "")
        if alert.blind:
            missing = Missing(Code.GATE_NO_DATA, "it says that this cannot be seen")
            yield no_data(about, missing, "the alert is resolved")
        else:
            yield Finding(
                code=Code.ALERT_FIRING,
                subject=about,
                text=f"it fires, with severity {alert.severity or 'none given'}",
                until="the alert is resolved",
                since=alert.since,
                warning=alert.severity in HARMLESS,
            )


def limits(facts: Facts) -> Iterator[Finding]:
    """Give the enforced limits that are passed."""
    for limit in facts.limits:
        used = checked(limit.used)
        if used is None:
            used = Missing(Code.GATE_NO_DATA, "how much is used is not known")
        if isinstance(used, Missing):
            yield no_data(limit.name, used, "how much is used can be read again")
        elif used > limit.limit:
            yield Finding(
                code=Code.COST_DELTA,
                subject=limit.name,
                text=f"{used:g} {limit.unit}, more than {limit.limit:g} {limit.unit}",
                until=f"at most {limit.limit:g} {limit.unit} are used, or the budget is raised on purpose",
                observed=used,
                threshold=limit.limit,
                unit=limit.unit,
            )


def freezes(facts: Facts) -> Iterator[Finding]:
    """Give the declared times without releases that hold now."""
    for freeze in facts.freezes:
        if freeze.start <= facts.at < freeze.end:
            yield Finding(
                code=Code.FREEZE_WINDOW,
                subject=f"freeze {freeze.name}",
                text=freeze.reason or "no releases in this time",
                until=f"it is {_moment(freeze.end)}",
                since=freeze.start,
                exempt=freeze.allows,
            )


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%MZ")
