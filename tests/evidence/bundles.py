"""A canary that was judged for real, as a bundle."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from relrails.evidence import Action, Artifact, Bundle, Decision, Query, Reason, Timings, Transition, recorded, write
from relrails.evidence.values import Fields
from relrails.judge import canary
from relrails.judge.canary import Acted, Counts, Event, Observation, Reading, Recovered, ResolvedPolicy, ResolvedTest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DIGEST = "sha256:" + "0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427"
BODY = (
    b'{"status":"success","data":{"resultType":"vector","result":'
    b'[{"metric":{"job":"core-api","tenant":"acme","code":"500"},"value":[1772366400,"17"]}]}}'
)
POLICY = ResolvedPolicy(
    tests=(ResolvedTest(check="availability", test="error_rate_delta", weight=1, allowance=0.001),),
    warmup=60,
    dispersion=1,
)


def events(bad: float, looks: int = 4) -> list[Event]:
    """A canary of which `bad` of 600 requests fail every minute, beside a stable version with 6 of 5400."""
    return [
        canary.Start(artifact=DIGEST, share=0.1),
        *(
            Observation(
                look=look,
                at=60.0 * look,
                elapsed=60.0 * look,
                seconds=60,
                canary_series=2,
                stable_series=4,
                share=0.1,
                artifact=DIGEST,
                readings={"availability": Reading(canary=Counts(total=600, bad=bad), stable=Counts(total=5400, bad=6))},
            )
            for look in range(1, looks + 1)
        ),
    ]


def bundle(name: str = "run-1", happened: Sequence[Event] | None = None, after: timedelta = timedelta()) -> Bundle:
    """A canary with an error in twenty is rolled back and recovers, unless something else happened."""
    policy, windows, state = _usual() if happened is None else _run(happened)
    made = state.decision
    rolled_back = made is not None and made.verdict == "ROLLBACK"
    person = next((canary.as_json(e) for e in happened or () if isinstance(e, canary.Override)), None)
    at = NOON + after
    return Bundle(
        decision=Decision(
            id=name,
            service="core-api",
            kind="canary",
            verdict="NONE" if made is None else made.verdict.value,
            verdict_auto=None if made is None or made.automatic is None else made.automatic.value,
            state=state.phase.value,
            reasons=tuple(Reason.of(reason) for reason in (state.reasons if made is None else made.reasons)),
            started=at - timedelta(minutes=4),
            timings=Timings(decided=at, acted=at + timedelta(seconds=2) if rolled_back else None),
            env="staging",
            canary=Artifact(name="registry.example.com/core-api", digest=DIGEST),
            stable=Artifact(name="registry.example.com/core-api", digest="sha256:" + "1" * 64),
            ids={"run_url": "https://ci.example.com/runs/12", "commit": "4c2d4c3"},
            passed=() if rolled_back else ("availability",),
            failed=("availability",) if rolled_back else (),
        ),
        policy=policy,
        windows=windows,
        queries=(
            Query(promql='http_requests_total{job="core-api"}', at=at, status=200, milliseconds=3.25, body=BODY),
            Query(promql="up", at=at, status=None, milliseconds=1000, error="timed out"),
        ),
        timeline=(Transition(at=at, old="OBSERVING", new="ROLLBACK", reason="ERROR_RATE_DELTA"),),
        actions=(Action(argv=("haproxyctl", "drain", "canary"), started=at, ended=at, exit_code=0, output="done\n"),),
        override=person,
    )


def _run(happened: Sequence[Event]) -> tuple[Fields, list[Fields], canary.State]:
    policy, windows = recorded(POLICY, happened)
    state = canary.State()
    for event in happened:
        state = canary.step(state, event, POLICY)
    return policy, windows, state


@cache
def _usual() -> tuple[Fields, list[Fields], canary.State]:
    return _run([*events(30), Acted(kind="rollback", result="done", at=300), Recovered(ok=True, at=400)])


def changed(made: Bundle, **changes: object) -> Bundle:
    """The same bundle with other fields in its decision."""
    return replace(made, decision=replace(made.decision, **changes))  # type: ignore[arg-type]


def files(root: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def written(root: Path, count: int = 1) -> list[Path]:
    """Bundles one minute apart."""
    return [write(bundle(f"run-{n}", after=timedelta(minutes=n)), root) for n in range(1, count + 1)]
