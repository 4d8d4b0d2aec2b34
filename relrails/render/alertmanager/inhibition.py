"""Which alert makes another one needless.

Alertmanager takes a label that is missing on both sides for equal, so every rule asks for the labels that it compares.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from relrails.probe import Journey, backend
from relrails.probe.host import hosts_of
from relrails.probe.names import BLACKBOX_JOB, JOB
from relrails.promql.printer import quoted
from relrails.rules import names
from relrails.service import Service, promise

_PAGE, _TICKET = 'severity="page"', 'severity="ticket"'


def inhibit_rules(services: Sequence[Service]) -> list[dict[str, Any]]:
    """Give the rules: page over ticket, shared step over journeys, prober over all that it would have seen."""
    groupings = sorted({label for service in services for slo in service.promises for label in slo.by})
    found = sorted(((s, j) for s in services for j in s.journeys), key=lambda f: (f[1].name, f[1].env))
    rules = [_rule([_PAGE], [_TICKET], present=["service", "slo"], also=groupings)]
    if found:
        rules.append(_rule([_PAGE], [_TICKET], present=["env", "journey"]))
        rules += (_promised(service, journey) for service, journey in found)
        rules += _shared(sorted({name for _, journey in found for name in journey.shared}))
        rules += _probers(found)
        rules += _hosts(found)
    return rules


def _promised(service: Service, journey: Journey) -> dict[str, Any]:
    """A journey that fails burns its own error budget; its tickets are told by service and SLO."""
    failing = [_PAGE, f"env={quoted(journey.env)}", f"journey={quoted(journey.name)}"]
    return _rule(failing, [_TICKET, f"service={quoted(service.name)}", f"slo={quoted(_slo(service, journey))}"])


def _shared(steps: Sequence[str]) -> Iterator[dict[str, Any]]:
    for step in steps:
        uses = names.uses(step)
        true = f'{uses}="true"'
        yield _rule(
            [_alert(names.SHARED_STEP), true],
            [_alert(names.JOURNEY_FAILING), true],
            present=["env"],
            also=[uses],
        )


def _probers(found: Sequence[tuple[Service, Journey]]) -> Iterator[dict[str, Any]]:
    """A prober that is down makes its journeys stale and their SLOs unseen, but not those of another prober."""
    for job, name in ((JOB, "runner"), (BLACKBOX_JOB, "blackbox")):
        mine = [(service, journey) for service, journey in found if backend(journey).name == name]
        if not mine:
            continue
        down = [_alert(names.RUNNER_DOWN), f"prober={quoted(job)}"]
        journeys = f"journey=~{_any(j.name for _, j in mine)}"
        yield _rule(down, [_alert(names.JOURNEY_FAILING, names.JOURNEY_STALE), journeys])
        slos = f"slo=~{_any(_slo(s, j) for s, j in mine)}"
        owners = f"service=~{_any(s.name for s, _ in mine)}"
        yield _rule(down, [_alert(names.EXPORTER_DOWN, names.METRIC_MISSING), owners, slos])
        if job == BLACKBOX_JOB:
            yield _rule(down, [_alert(names.HOST_UNSEEN)])
        if job == JOB:
            yield _rule(down, [_alert(names.SHARED_STEP, names.EGRESS_DOWN)])
            yield _rule([_alert(names.EGRESS_DOWN)], [_alert(names.JOURNEY_FAILING), journeys])
            yield _rule([_alert(names.EGRESS_DOWN)], [_alert(names.SHARED_STEP)])


def _hosts(found: Sequence[tuple[Service, Journey]]) -> Iterator[dict[str, Any]]:
    """The page of a journey says of its hosts what their tickets would, and a certificate that pages needs no ticket.

    A page that is silenced itself, by that of a step that journeys share, silences all the same; that one says it too.
    """
    for _, journey in found:
        env, name = f"env={quoted(journey.env)}", f"journey={quoted(journey.name)}"
        targets = f"target=~{_any(target.name for target in journey.targets)}"
        yield _rule([_alert(names.JOURNEY_FAILING), env, name], [_alert(names.HOST_UNREACHABLE), env, targets])
    if any(host.secure for host in hosts_of(journey for _, journey in found)):
        expiring = _alert(names.CERTIFICATE)
        yield _rule([_PAGE, expiring], [_TICKET, expiring], present=["env", "target"])


def _slo(service: Service, journey: Journey) -> str:
    return promise(journey, service.scrape_interval).name


def _rule(
    source: Sequence[str], target: Sequence[str], *, present: Sequence[str] = (), also: Sequence[str] = ()
) -> dict[str, Any]:
    """Give a rule: where `present` and `also` are equal, and none of `present` is missing."""
    there = [f'{label}!=""' for label in present]
    equal = {"equal": [*present, *also]} if present or also else {}
    return {"source_matchers": [*source, *there], "target_matchers": [*target, *there], **equal}


def _alert(*alerts: str) -> str:
    return f"alertname={quoted(alerts[0])}" if len(alerts) == 1 else f"alertname=~{_any(alerts)}"


def _any(texts: Iterable[str]) -> str:
    """Write a regular expression that matches any of these, each once."""
    return quoted("|".join(re.escape(t).replace("\\-", "-") for t in sorted(set(texts))))
