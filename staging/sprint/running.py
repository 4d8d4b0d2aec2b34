"""The whole sprint's evidence, from nothing; two runs differ only in what was measured."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from relrails.dossier import write_root
from staging.environment import EVERYTHING, Environment, Pace
from staging.environment.environment import ROOT
from staging.sprint import canaries, cost, previews, probes, slo
from staging.sprint.commands import relrails
from staging.sprint.place import Place
from staging.traffic import Traffic

SPRINT = "Evidence of sprint 29: a bad deploy cannot silently hurt customers"
PACE = Pace(scrape="2s", evaluate="5s", group="1s")
PER_SECOND = 10


def evidence(out: Path) -> int:
    """Fill `out`; 0 when every file is there and is what its index says.

    What a run that fails has found is kept beside it, and `out` stays as it was.
    """
    with tempfile.TemporaryDirectory(prefix="relrails-sprint-") as made:
        work, new = Path(made), Path(made) / out.name
        place, code = out.with_name(f"{out.name}.incomplete"), 1
        try:
            code = _made(work, new)
            place = out if code == 0 else place
        finally:
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(new, place)
            _say(f"the evidence is in {place}")
        return code


def _made(work: Path, new: Path) -> int:
    new.mkdir()
    _under_load(new)
    _say("canary: drills")
    place = Place(new / "canary", canaries.TITLE, canaries.GATES, {str(work): ".", str(ROOT): "."})
    canaries.definitions(place, ROOT)
    canaries.drilled(place, work / "drill")
    place.close()
    write_root(
        new, SPRINT, {"slo": slo.TITLE, "probes": probes.TITLE, "canary": canaries.TITLE, "cost-perf": cost.TITLE}
    )
    done = relrails(ROOT, "evidence", "check", str(new))
    sys.stdout.write(done.stdout + done.stderr)
    return done.returncode


def _under_load(new: Path) -> None:
    with Environment(*EVERYTHING, pace=PACE) as env, Traffic(env.core_api.url, env.login, per_second=PER_SECOND):
        up = time.time()
        hidden = {str(env.folder): "STAGING", str(ROOT): "."}
        promises = Place(new / "slo", slo.TITLE, slo.GATES, hidden)
        journeys = Place(new / "probes", probes.TITLE, probes.GATES, hidden)
        costs = Place(new / "cost-perf", cost.TITLE, cost.GATES, hidden)
        slo.definitions(promises, ROOT)
        probes.definitions(journeys, ROOT)
        cost.definitions(costs, ROOT)
        _say("slo: a healthy service")
        slo.allowed(promises, env)
        _say("probes: every journey, once")
        probes.walked(journeys, env)
        _say("cost-perf: a queue that fills; slo and probes: queries that fail")
        cost.fill(env)
        began = time.time()
        env.fault("core-api", error_ratio=1.0, routes=["/v1/query"])
        slo.blocked(promises, env)
        probes.paged(journeys, env, began)
        previews.drawn(promises, env, up, "overview", "core-api", gate="dashboards")
        previews.drawn(journeys, env, up, "journeys", gate="page")
        cost.ticketed(costs, env)
        previews.drawn(costs, env, up, "budgets", gate="fired")
        probes.runner(journeys, env)
    _say("cost-perf: before and after")
    cost.faster(costs, ROOT)
    for place in (promises, journeys, costs):
        place.close()


def _say(text: str) -> None:
    sys.stderr.write(f"evidence: {text}\n")
