"""Finds the hottest path in staging, profiles it, measures before and after in turns, and reports."""

import argparse
import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from bench.perf.subject import Subject
from bench.perf.subjects import SUBJECTS
from relrails.perf.machine import fingerprint
from relrails.perf.samples import Run, Samples, printed
from staging.environment import Environment, Pace
from staging.traffic import Traffic

LOAD_SECONDS = 25
PER_SECOND = 20
ROUNDS = 20
WARMUPS = 2
# Each goes first, second and third equally often: what drifts, drifts for all.
ORDERS = (("before", "after", "control"), ("after", "control", "before"), ("control", "before", "after"))
BUSY = "sum by (job, route) (rate(http_request_duration_seconds_sum[20s]))"
P95 = "histogram_quantile(0.95, sum by (job, route, le) (rate(http_request_duration_seconds_bucket[20s])))"


def hottest(out: Path) -> None:
    """Ask Prometheus on which route the services spend their time, under load and journeys."""
    with (
        Environment("prometheus", "runner", pace=Pace()) as env,
        Traffic(env.core_api.url, env.login, per_second=PER_SECOND),
    ):
        time.sleep(LOAD_SECONDS)  # the rates below look back this far
        found = {expr: env.api("query", query=expr)["result"] for expr in (BUSY, P95)}
    (out / "hottest.json").write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def profiled(out: Path, subject: Subject, version: str) -> None:
    """Draw a flame graph; needs py-spy."""
    spy = shutil.which("py-spy") or str(Path(sys.executable).with_name("py-spy"))
    work = [sys.executable, "-m", "bench.perf.profiled", subject.name, version]
    graph = out / f"{version}.svg"
    subprocess.run([spy, "record", "--output", str(graph), "--", *work], check=True, capture_output=True)
    # It is titled with its own command line; where its programs lie is nobody's business.
    graph.write_text(graph.read_text("utf-8").replace(f"{Path(sys.executable).parent}/", ""), encoding="utf-8")


def measured(out: Path, subject: Subject) -> None:
    """Take turns; CPU time of this process for each question."""
    runs: dict[str, list[Run]] = {"before": [], "after": [], "control": []}
    turn = 0
    with subject.open() as ask:
        for number in range(-WARMUPS, ROUNDS):
            for role in ORDERS[number % len(ORDERS)]:
                began = time.process_time()
                asked = ask("before" if role == "control" else role)
                cost = (time.process_time() - began) / asked
                if number >= 0:
                    runs[role].append(Run(turn=turn, costs={"cpu": cost}))
                turn += 1
    both = Samples(
        name="before",
        units={"cpu": "s"},
        runs=runs["before"],
        control=runs["control"],
        session="turns",
        warmups=WARMUPS,
        machine=fingerprint(),
    )
    (out / "before.json").write_text(printed(both), encoding="utf-8")
    (out / "after.json").write_text(
        printed(replace(both, name="after", runs=runs["after"], control=())), encoding="utf-8"
    )


def reported(out: Path) -> int:
    """Say what may be believed of it, in three forms."""
    code = 0
    for form, name in (("json", "report.json"), ("html", "report.html"), ("text", "report.txt")):
        argv = [sys.executable, "-m", "relrails", "perf", "compare", str(out / "before.json"), str(out / "after.json")]
        done = subprocess.run([*argv, "--format", form], capture_output=True, text=True, check=False)
        (out / name).write_text(done.stdout, encoding="utf-8")
        code = max(code, done.returncode)
    print(f"== {out.name}\n{done.stdout}", end="")
    return code


def main() -> int:
    """Do all of it; 0 where each change is a win, else what `relrails perf compare` says of the worst."""
    parser = argparse.ArgumentParser(prog="python -m bench.perf", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/perf"))
    parser.add_argument("subjects", nargs="*", choices=[*SUBJECTS, []], help="what to measure; everything by default")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    hottest(out)
    code = 0
    for name in arguments.subjects or SUBJECTS:
        folder = out / name
        folder.mkdir(exist_ok=True)
        for version in ("before", "after"):
            profiled(folder, SUBJECTS[name], version)
        measured(folder, SUBJECTS[name])
        code = max(code, reported(folder))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
