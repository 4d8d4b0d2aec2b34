"""export_pack: an analyst orders an export, waits for the pack, checks it and puts it away."""

from probes._targets import export_service, login
from relrails.probe import Journey, Poll, Step, delete, expect, extract, get, post
from relrails.units import MiB, minutes, percent, seconds

authorized = {"Authorization": "Bearer {token}"}

journey = Journey(
    name="export_pack",
    description="Order an export, wait until its pack is ready, and hold the pack against its own manifest.",
    env="staging",
    target=export_service,
    every=5 * minutes,
    timeout=90 * seconds,
    steps=(
        login,
        Step(
            name="create",
            request=post(
                "/exports", headers=authorized, json={"case": "case-7", "kind": "probe", "idempotency_key": "{run_id}"}
            ),
            expect=(expect.status(202),),
            extract=(extract("$.id", to="export_id"),),
            writes=True,
            timeout=5 * seconds,
        ),
        Poll(
            name="ready",
            request=get("/exports/{export_id}", headers=authorized),
            expect=(expect.status(200),),
            until=(expect.json("$.state", equals="ready"),),
            every=1 * seconds,
            timeout=60 * seconds,
        ),
        Step(
            name="verify",
            request=get("/exports/{export_id}/pack", headers=authorized),
            expect=(expect.status(200), expect.zip_manifest("MANIFEST.sha256")),
            timeout=10 * seconds,
            largest=64 * MiB,
        ),
        Step(
            name="cleanup",
            request=delete("/exports/{export_id}", headers=authorized),
            expect=(expect.status(204, 404),),
            always=True,
            scored=False,
            timeout=5 * seconds,
        ),
    ),
    objective=99 * percent,
    latency=20 * seconds,
)
