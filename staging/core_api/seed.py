"""Investigation data from a seed: the same seed gives the same cases, entities, events and edges, byte for byte.

Raw records are what a collector would deliver, one JSON object a line, a file for each case. They are the truth that
the database is filled from, and that the sampled recount reads again.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIRST_SECOND = 1_767_225_600
"""2026-01-01T00:00:00Z"""
CASE_SECONDS = 14 * 86_400

TENANTS = ("acme", "globex", "initech")
PROBE_TENANT = "probes"
PROBE_CASE = "case-7"
"""A case that customers do not have: probes may read it and nothing else."""

VERBS = {
    "login": ("successful login of {actor} on {target}", "failed login of {actor} on {target}: wrong password"),
    "process": ("{actor} started powershell on {target}", "{actor} started backup on {target}"),
    "network": ("{actor} connected to {target} on port 443", "{actor} resolved a new domain through {target}"),
    "file": ("{actor} wrote an archive to {target}", "{actor} read payroll.xlsx on {target}"),
    "alert": ("malware was found on {target} in a file of {actor}", "beaconing from {target} while {actor} was absent"),
}
RELATIONS = ("logged_on_to", "connected_to", "wrote_to", "administers")


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much to make."""

    cases: int = 40
    events: int = 40_000
    edges: int = 24_000


def write(folder: Path, seed: int, size: Size) -> None:
    """Write the raw records of every case, and the list of cases last: where it is, everything is."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"case-{number}" for number in range(1, size.cases + 1)]
    # Few cases are large and most are small, as in every archive.
    weights = [1 / (1 + rank) ** 0.5 for rank in range(size.cases)]
    share = [weight / sum(weights) for weight in weights]
    cases = []
    for number, name in enumerate(names):
        chance = random.Random(f"{seed}/{name}")  # noqa: S311 - data for tests; the seed is the point
        lines = _records(name, int(size.events * share[number]), int(size.edges * share[number]), chance)
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
        tenant = PROBE_TENANT if name == PROBE_CASE else TENANTS[number % len(TENANTS)]
        cases.append({"id": name, "tenant": tenant, "title": f"Investigation {number + 1}"})
    (folder / "cases.json").write_text(json.dumps({"seed": seed, "cases": cases}, indent=1) + "\n", encoding="utf-8")


def _records(case: str, events: int, edges: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    users = [f"user-{number}" for number in range(1, 9 + events // 60)]
    hosts = [f"host-{number}" for number in range(1, 9 + events // 40)]
    for user in users:
        yield {"record": "entity", "id": user, "kind": "user", "label": f"{user}@example.com"}
    for host in hosts:
        yield {"record": "entity", "id": host, "kind": "host", "label": f"{host}.corp.example.com"}
    kinds = tuple(VERBS)
    moments = sorted(FIRST_SECOND + int(chance.random() * CASE_SECONDS) for _ in range(events))
    for number, at in enumerate(moments, start=1):
        kind = chance.choices(kinds, (40, 25, 20, 12, 3))[0]
        actor, target = chance.choice(users), chance.choice(hosts)
        yield {
            "record": "event",
            "id": f"{case}-ev-{number}",
            "at": at,
            "kind": kind,
            "severity": 5 if kind == "alert" else chance.randint(1, 4),
            "actor": actor,
            "target": target,
            "message": chance.choice(VERBS[kind]).format(actor=actor, target=target),
        }
    for number in range(1, edges + 1):
        yield {
            "record": "edge",
            "id": f"{case}-ed-{number}",
            "at": FIRST_SECOND + int(chance.random() * CASE_SECONDS),
            "from": chance.choice(users),
            "to": chance.choice(hosts),
            "kind": chance.choice(RELATIONS),
        }
