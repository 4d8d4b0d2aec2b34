"""auth_query: somebody logs in and asks a question."""

from probes._targets import core_api, login
from relrails.probe import Journey, Retry, Step, expect, get
from relrails.units import percent, seconds

journey = Journey(
    name="auth_query",
    description="Log in, and query the events of an investigation.",
    env="staging",
    target=core_api,
    every=45 * seconds,
    timeout=10 * seconds,
    steps=(
        login,
        Step(
            name="query",
            request=get(
                "/v1/query", query={"case": "case-7", "text": "login"}, headers={"Authorization": "Bearer {token}"}
            ),
            expect=(expect.status(200), expect.json("$.total", at_least=1)),
            timeout=3 * seconds,
        ),
    ),
    retry=Retry(on=("dns", "connect"), attempts=1, budget=10 * percent),
    objective=99 * percent,
    latency=1 * seconds,
)
