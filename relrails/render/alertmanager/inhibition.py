"""Which alert makes another one needless.

Alertmanager takes a label that is missing on both sides for equal, so every rule asks for the labels that it compares.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from relrails.promql.printer import quoted
from relrails.rules import names
from relrails.service import Service

JOURNEY_FAILING = "RelrailsJourneyFailing"
SHARED_STEP_FAILING = "RelrailsSharedStepFailing"
JOURNEY_STALE = "RelrailsJourneyStale"
RUNNER_DOWN = "RelrailsProbeRunnerDown"
EGRESS_DOWN = "RelrailsProbeEgressDown"

_PAGE, _TICKET = 'severity="page"', 'severity="ticket"'


def inhibit_rules(services: Sequence[Service]) -> list[dict[str, Any]]:
    """Give the rules: page over ticket, shared step over journeys, runner over all that it would have seen."""
    journeys = [journey for service in services for journey in service.journeys]
    groupings = sorted({label for service in services for slo in service.promises for label in slo.by})
    rules = [_rule([_PAGE], [_TICKET], ["service", "slo"], also=groupings)]
    if journeys:
        rules += [
            _rule([_PAGE], [_TICKET], ["env", "journey"]),
            *_shared(sorted({name for journey in journeys for name in journey.shared})),
            *_runner(),
        ]
    return rules


def _shared(steps: Sequence[str]) -> Iterator[dict[str, Any]]:
    for step in steps:
        uses = f'uses_{step}="true"'
        yield _rule(
            [_alert(SHARED_STEP_FAILING), uses], [_alert(JOURNEY_FAILING), uses], ["env"], also=[f"uses_{step}"]
        )


def _runner() -> Iterator[dict[str, Any]]:
    blind = _alert(JOURNEY_FAILING, JOURNEY_STALE, SHARED_STEP_FAILING, EGRESS_DOWN)
    yield _rule([_alert(RUNNER_DOWN)], [blind])
    yield _rule([_alert(RUNNER_DOWN)], [_alert(names.EXPORTER_DOWN, names.METRIC_MISSING), 'slo=~"journey-.+"'])
    yield _rule([_alert(EGRESS_DOWN)], [_alert(JOURNEY_FAILING, SHARED_STEP_FAILING)])


def _rule(
    source: Sequence[str], target: Sequence[str], present: Sequence[str] = (), *, also: Sequence[str] = ()
) -> dict[str, Any]:
    """Give a rule: where `present` and `also` are equal, and none of `present` is missing."""
    there = [f'{label}!=""' for label in present]
    equal = {"equal": [*present, *also]} if present or also else {}
    return {"source_matchers": [*source, *there], "target_matchers": [*target, *there], **equal}


def _alert(*alerts: str) -> str:
    return f"alertname={quoted(alerts[0])}" if len(alerts) == 1 else f"alertname=~{quoted('|'.join(alerts))}"
