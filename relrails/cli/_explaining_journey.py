"""What a journey comes to, as text: who runs it and why, what it renders to, its steps, and whom it calls when."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from relrails.judge.outage import Watching
from relrails.probe import Journey, Poll, Step, backend
from relrails.probe.host import hosts_of
from relrails.probe.names import BLACKBOX_JOB, JOB
from relrails.problems.drawing import place
from relrails.promql import duration_text
from relrails.render.alertmanager.routes import GROUP_WAIT
from relrails.render.blackbox import Probe, module_name, probes
from relrails.render.prometheus import rule_file
from relrails.render.prometheus_yml import job_of, targets_path
from relrails.render.runbook.numbers import promise
from relrails.rules.journeys.certificates import PAGE_BELOW, TICKET_BELOW
from relrails.rules.journeys.hosts import FAILURES, OF, UNSEEN_FOR
from relrails.rules.names import SHORT_INTERVAL
from relrails.service import Service
from relrails.service import promise as slo_of
from relrails.units import exact, seconds, text

_PROBERS = {"runner": "the probe runner", "blackbox": "Blackbox Exporter"}


def journey_text(service: Service, journey: Journey) -> str:
    """Explain a journey of a service."""
    chosen = backend(journey)
    why = chosen.reasons or ("it is one request, which says in its status, headers and body whether it is well",)
    said = [
        f"{journey.name} in {journey.env}, of {service.name}, owned by {service.owner} ({place(journey.source.span)})",
        journey.description,
        "",
        f"run by {_PROBERS[chosen.name]}, because",
        *(f"  {reason}" for reason in why),
        "",
        "renders to",
        *_files(service, journey),
        "",
        f"steps (a run every {text(journey.every)}, which takes {text(journey.timeout)} at most)",
        *(line for number, step in enumerate(journey.steps, 1) for line in _step(journey, number, step)),
        "",
        "who is told",
        *_policy(service, journey),
    ]
    return "\n".join(said)


def _files(service: Service, journey: Journey) -> list[str]:
    slo = slo_of(journey, service.scrape_interval)
    found = [(rule_file(service, slo).path, f"its SLO: relrails explain {service.name}/{slo.name}")]
    every = list(probes([service]))
    mine = [p for p in every if dict(p.labels).get("journey") == journey.name]
    if not mine:
        found.append((targets_path(JOB), f"job {JOB}, where the runner is scraped"))
    for probe in mine:
        found.append(("blackbox/blackbox.yml", f"module {module_name(journey)}"))
        found.append((targets_path(job_of(probe)), f"job {BLACKBOX_JOB}: {probe.address}"))
    found += (
        (targets_path(job_of(probe)), f"whether the host {dict(probe.labels)['check']}: {probe.address}")
        for probe in _companions(journey, every)
    )
    width = max(len(path) for path, _ in found)
    return [f"  {Path('generated') / path!s:{width + 10}}  {what}" for path, what in found]


def _companions(journey: Journey, every: Sequence[Probe]) -> Iterator[Probe]:
    hosts = {(journey.env, target.name) for target in journey.targets}
    for probe in every:
        labels = dict(probe.labels)
        if "check" in labels and (labels["env"], labels["target"]) in hosts:
            yield probe


def _step(journey: Journey, number: int, step: Step | Poll) -> Iterator[str]:
    target = step.request.target or journey.target
    marks = [
        f"shared as {step.shared}" if step.shared else "",
        "writes" if step.writes else "",
        "whatever happened before it" if step.always else "",
        "" if step.scored else "decides nothing",
    ]
    said = ", ".join([f"at most {text(step.timeout)}", *(m for m in marks if m)])
    yield f"  {number} {step.name}: {step.request.method} {target.url.rstrip('/')}{step.request.path} ({said})"
    if isinstance(step, Poll):
        until = " and ".join(e.sentence() for e in step.until)
        yield f"      every {text(step.every)} until {until}"
    if step.expect:
        yield f"      expects {' and '.join(e.sentence() for e in step.expect)}"
    for kept in step.extract:
        yield f"      keeps {kept.path} as {{{kept.name}}}{', which is hidden' if kept.sensitive else ''}"


def _policy(service: Service, journey: Journey) -> Iterator[str]:
    page, watching = journey.page, _watching(service, journey)
    yield f"  page    when {page.failures} of the last {page.of} runs failed"
    soonest, latest = _time(watching.soonest), _time(watching.latest)
    yield f"          a hard outage calls somebody after {soonest} at the soonest, {latest} at worst:"
    yield f"          {_sum(watching)}"
    if journey.retry is not None:
        retry = journey.retry
        yield (
            f"  retry   {' and '.join(retry.on)} up to {retry.attempts}×, in at most {text(retry.budget)} of the runs; "
            f"never after a step that writes"
        )
        flaky = journey.flaky
        yield f"  ticket  when more than {text(flaky.above)} of the runs in {text(flaky.over)} needed a second attempt"
    yield f"  ticket  when more than 5 of 100 runs take longer than {text(journey.latency)}"
    numbers = promise(slo_of(journey, service.scrape_interval))
    yield f"  ticket  when the error budget burns: {numbers.outage} of outage in {numbers.window}"
    yield f"  ticket  when {FAILURES} of {OF} checks of a host failed, or none was made for {duration_text(UNSEEN_FOR)}"
    if any(host.secure for host in hosts_of((journey,))):
        yield f"  ticket  {duration_text(TICKET_BELOW)} before the certificate of a host ends"
        yield f"  page    {duration_text(PAGE_BELOW)} before the certificate of a host ends"


def _watching(service: Service, journey: Journey) -> Watching:
    scrape = Fraction(exact(service.scrape_interval, "second"))
    runner = backend(journey).name == "runner"
    return Watching(
        failures=journey.page.failures,
        every=Fraction(exact(journey.every, "second")),
        timeout=Fraction(exact(journey.timeout, "second")),
        scrape=scrape if runner else Fraction(0),
        evaluation=min(scrape, Fraction(exact(SHORT_INTERVAL, "second"))),
        waits=Fraction(exact(GROUP_WAIT, "second")),
    )


def _sum(watching: Watching) -> str:
    parts = [
        f"{watching.failures} × {_time(watching.every)} between runs",
        f"{_time(watching.timeout)} of the last run",
        f"{_time(watching.scrape)} until it is scraped" if watching.scrape else "",
        f"{_time(watching.evaluation)} until it is judged",
        f"{_time(watching.waits)} in Alertmanager",
    ]
    return " + ".join(part for part in parts if part)


def _time(number: Fraction) -> str:
    return duration_text(float(number) * seconds)
