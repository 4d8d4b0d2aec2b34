"""investigation: an analyst opens a case, its graph and its timeline."""

from probes._targets import core_api, login
from relrails.probe import Journey, Retry, Step, expect, get
from relrails.units import percent, seconds

journey = Journey(
    name="investigation",
    description="Log in, and fetch the graph and the timeline of an investigation.",
    env="staging",
    target=core_api,
    every=45 * seconds,
    timeout=15 * seconds,
    steps=(
        login,
        Step(
            name="graph",
            request=get("/v1/investigations/case-7/graph", headers={"Authorization": "Bearer {token}"}),
            expect=(expect.status(200), expect.json("$.nodes[0].id"), expect.json("$.edges[0].from")),
            timeout=5 * seconds,
        ),
        Step(
            name="timeline",
            request=get("/v1/investigations/case-7/timeline", headers={"Authorization": "Bearer {token}"}),
            expect=(expect.status(200), expect.json("$.buckets[0].count", at_least=1)),
            timeout=5 * seconds,
        ),
    ),
    retry=Retry(on=("dns", "connect"), attempts=1, budget=10 * percent),
    objective=99 * percent,
    latency=2 * seconds,
)
