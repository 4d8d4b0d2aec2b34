"""From a service to promtool tests that prove its rules."""

from collections.abc import Iterator, Sequence

from relrails.files import File
from relrails.prove.edges import edges
from relrails.prove.incident import DAYS_STEP, days, incident
from relrails.prove.memory import memory
from relrails.prove.promises import promises as promises
from relrails.prove.recordings import from_raw, from_sums, from_tiles, tile_minutes
from relrails.prove.scene import Scene, minutes_of
from relrails.prove.truth import truth
from relrails.prove.values import Case
from relrails.prove.values import ProofFile as ProofFile
from relrails.prove.yaml_file import proof_file
from relrails.rules import names
from relrails.rules.records import alert_windows
from relrails.service import Service
from relrails.slo import SLO

ANY_PROMTOOL = (2, 42)
SLACK = 30
"""Minutes of history before the longest window of an alert."""


# Below, what a service does not have is not imported: to load a kind of proof takes as long as to write one.
def render_service(service: Service) -> Iterator[File]:
    """Write the proofs of a service."""
    for slo in service.promises:
        yield from map(proof_file, proofs(service, slo))
    if service.journeys:
        from relrails.prove.journeys import journey_proofs

        for journey in service.journeys:
            yield from map(proof_file, journey_proofs(service, journey))
    if service.budgets:
        from relrails.prove.budgets import budget_proofs

        for budget in service.budgets:
            yield from map(proof_file, budget_proofs(service, budget))
    if service.traffic is not None:
        from relrails.prove.traffic import traffic_proof

        yield from map(proof_file, filter(None, (traffic_proof(service),)))
    if service.canary is not None:
        from relrails.prove.canary import canary_proof

        yield from map(proof_file, filter(None, (canary_proof(service),)))


def render_fleet(services: Sequence[Service]) -> Iterator[File]:
    """Write the proofs of what is about all services together."""
    if any(service.journeys for service in services):
        from relrails.prove.journeys import fleet_proofs, host_proofs

        yield from map(proof_file, (*fleet_proofs(services), *host_proofs(services)))


def proofs(service: Service, slo: SLO) -> tuple[ProofFile, ...]:
    """Give the proofs of one SLO, split by how often they evaluate the rules: promtool has one interval a file.

    `windows` looks once, after the longest window of an alert, and `budget` at the end of the SLO window; `alerts`
    plays what the alerts read; `minutes`, `incident` and `days` begin at raw samples, which not every SLI kind and not
    every promtool can play.
    """
    scene = Scene.of_slo(service, slo)
    step = tile_minutes(scene)
    of_window = minutes_of(slo.window) // step * step * 11 // 10 // step * step
    of_alerts = max(minutes_of(w) for w in alert_windows(slo)) * 11 // 10 + SLACK
    raw = slo.sli.needs
    files: tuple[tuple[str, int, tuple[int, int], tuple[Case, ...]], ...] = (
        ("windows", of_alerts, ANY_PROMTOOL, (*from_sums(scene, of_alerts), *memory(scene, of_alerts))),
        ("budget", of_window, ANY_PROMTOOL, tuple(from_tiles(scene, of_window))),
        ("alerts", 1, ANY_PROMTOOL, tuple(truth(scene))),
        ("minutes", 1, raw, (*from_raw(scene), *edges(scene))),
        ("incident", 1, raw, tuple(incident(scene))),
        ("days", DAYS_STEP, raw, tuple(days(scene))),
    )
    stem = f"{service.name}.{slo.name}"
    groups = (names.group_name(service, slo), names.long_group_name(service, slo))
    return tuple(
        ProofFile(
            path=f"prometheus/tests/{stem}.{name}.yml",
            rule_file=f"../rules/{stem}.yml",
            every=every,
            needs=needs,
            groups=groups,
            cases=cases,
        )
        for name, every, needs, cases in files
        if cases
    )
