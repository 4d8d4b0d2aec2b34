"""The file of raw samples: what was measured, in the order in which it was, so that anybody can judge it again.

    {
      "schema": "relrails.dev/perf-samples/v1",
      "name": "before",                        what people call it
      "session": "6f1c…",                      the same in files whose runs took turns; null where they did not
      "units": {"cpu": "s", "wall": "s"},      of every metric; each is a cost, less of it is better
      "runs": [{"turn": 0, "cpu": 0.031, "wall": 0.033}, …],
      "control": [{"turn": 2, …}, …],          the same program measured a second time; wanted of the one before
      "command": ["python", "old.py"],         or null
      "warmups": 2,                            turns that came first and were not kept
      "machine": {"cpu": "…", "cores": 2, …}   no host name in it
    }

`turn` counts the runs of a session, of all its programs together. Numbers are finite and not negative.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relrails.files import json_text
from relrails.judge.perf import Refused, Series

SCHEMA = "relrails.dev/perf-samples/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run: when it had its turn, and what it cost by metric."""

    turn: int
    costs: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Samples:
    """One samples file."""

    name: str
    units: Mapping[str, str]
    runs: Sequence[Run]
    control: Sequence[Run] = ()
    session: str | None = None
    command: Sequence[str] | None = None
    warmups: int = 0
    machine: Mapping[str, Any] = field(default_factory=dict)

    def values(self, metric: str) -> list[float]:
        """Give one metric of all runs."""
        return [run.costs[metric] for run in self.runs]


def series(before: Samples, after: Samples) -> list[Series]:
    """Put the metrics of two files side by side; raises Refused where there is nothing to compare or no control."""
    if before.units != after.units:
        told = " and ".join(str(dict(sorted(s.units.items()))) for s in (before, after))
        raise Refused(f"{before.name} and {after.name} measure {told}; fix: measure both the same way")
    if not before.control:
        msg = f"{before.name} has no control runs; fix: measure it twice, or `relrails perf compare --command`"
        raise Refused(msg)
    return [
        Series(
            metric=metric,
            before=before.values(metric),
            after=after.values(metric),
            control=[run.costs[metric] for run in before.control],
        )
        for metric in before.units
    ]


def printed(samples: Samples) -> str:
    """Print a samples file."""
    return json_text(
        {
            "schema": SCHEMA,
            "name": samples.name,
            "session": samples.session,
            "units": dict(samples.units),
            "runs": [{"turn": run.turn, **run.costs} for run in samples.runs],
            "control": [{"turn": run.turn, **run.costs} for run in samples.control],
            "command": None if samples.command is None else list(samples.command),
            "warmups": samples.warmups,
            "machine": dict(samples.machine),
        }
    )


def read(file: Path) -> Samples:
    """Read a samples file; raises Refused for what is none, naming the place."""
    try:
        found = json.loads(file.read_bytes())
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}; fix: name a samples file, or add --command") from None
    except (ValueError, RecursionError):
        raise Refused(f"{file} is not JSON; fix: name a samples file, or add --command") from None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise Refused(f"{file} is no samples file; fix: its schema must be {SCHEMA}")
    units = found.get("units")
    if not isinstance(units, dict) or not units or not all(isinstance(u, str) for u in units.values()):
        raise Refused(f"{file}: units must name every metric and its unit")
    command, machine, session = found.get("command"), found.get("machine"), found.get("session")
    return Samples(
        name=str(found.get("name") or file.stem),
        units=units,
        runs=_runs(file, found, "runs", units),
        control=_runs(file, found, "control", units),
        session=session if isinstance(session, str) else None,
        command=[str(word) for word in command] if isinstance(command, list) else None,
        warmups=found["warmups"] if isinstance(found.get("warmups"), int) else 0,
        machine=machine if isinstance(machine, dict) else {},
    )


def _runs(file: Path, found: Mapping[str, Any], name: str, units: Mapping[str, str]) -> list[Run]:
    told = found.get(name, [])
    if not isinstance(told, list):
        raise Refused(f"{file}: {name} must be a list")
    return [_run(f"{file}: {name}/{place}", run, place, units) for place, run in enumerate(told)]


def _run(where: str, run: Any, place: int, units: Mapping[str, str]) -> Run:
    if not isinstance(run, dict) or not units.keys() <= run.keys():
        raise Refused(f"{where} does not hold {', '.join(sorted(units))}")
    for metric in units:
        value = run[metric]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise Refused(f"{where}/{metric} is {value!a}, which is no measurement")
    turn = run.get("turn", place)
    return Run(turn=turn if isinstance(turn, int) else place, costs={metric: float(run[metric]) for metric in units})
