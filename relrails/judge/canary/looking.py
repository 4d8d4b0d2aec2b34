"""One look judged: first the data, then identity and traffic, then what rolls back, and acceptance last."""

from dataclasses import dataclass, field, replace

from relrails.canary.identity import NAME as IDENTITY
from relrails.canary.resolved import ResolvedPolicy, ResolvedTest
from relrails.judge.canary import alone, dispersion, traffic
from relrails.judge.canary.comparing import CODES, compare, compared
from relrails.judge.canary.deciding import decided, ordered, rolls_back
from relrails.judge.canary.events import Buckets, Counts, Observation, Reading, Runs
from relrails.judge.canary.finding import Context, Finding
from relrails.judge.canary.health import Health, health
from relrails.judge.canary.quantile import quantile
from relrails.judge.canary.rate_ratio import Stream, Tally
from relrails.judge.canary.reason import Code, Reason
from relrails.judge.canary.state import Phase, State, Verdict

VOIDS = 3
"""So many void looks in a row hold the canary."""
_A_MOMENT = 1e-6
"""Seconds by which sums of floats may be off."""
_HOLDS = frozenset(
    {
        Code.NO_DATA_BOTH,
        Code.NO_DATA_STABLE,
        Code.STALE_DATA,
        Code.TRAFFIC_SPLIT_MISMATCH,
        Code.COMMON_MODE_INCIDENT,
        Code.CANARY_ABSENT,
    }
)
_COMPARED = frozenset({*CODES, "latency_quantile", "cost"})


@dataclass(slots=True)
class _Look:
    """What is found in one look, as it is found."""

    state: State
    seen: Observation
    policy: ResolvedPolicy
    health: Health
    warm: bool
    reasons: list[Reason] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)

    def say(self, code: Code, text: str, check: str = "", *, acts: bool = True) -> None:
        """Note a reason."""
        self.reasons.append(Reason(code=code, text=text, check=check, look=self.seen.look, acts=acts))


def look(state: State, seen: Observation, policy: ResolvedPolicy) -> State:
    """Judge one look of a canary that is watched."""
    if seen.look <= state.look:
        again = Reason(code=Code.AMBIGUOUS_RESULT, text=f"look {seen.look} came again, or late", look=state.look)
        return replace(state, reasons=(again,))
    found = health(seen, policy)
    now = replace(state, look=seen.look)
    if not found.void:
        now = replace(now, at=seen.at, elapsed=seen.elapsed)
    elif seen.elapsed >= now.elapsed:  # time passes even when nothing can be seen; NaN compares as False
        now = replace(now, elapsed=seen.elapsed)
    warm = seen.elapsed - seen.seconds < policy.warmup - _A_MOMENT
    here = _Look(now, seen, policy, found, warm)
    _data(here)
    if not found.void:
        _identity(here)
        _tests(here)
    return _conclude(here)


def _data(here: _Look) -> None:
    """Say whose silence it is, and what is void."""
    found = here.health
    for flaw in found.flaws:
        here.say(flaw.code, flaw.text or "the answer cannot be used", flaw.check)
    absent = 0
    if found.canary_silent and found.stable_silent:
        here.say(Code.NO_DATA_BOTH, "neither the canary nor the stable version reports: the telemetry is out")
    elif found.canary_silent and found.stable_silent is False:
        absent = here.state.absent + 1
        acts = absent >= here.policy.grace_looks and here.policy.canary_silent == "rollback"
        here.say(
            Code.CANARY_ABSENT,
            f"the stable version reports and the canary has not for {absent} looks: it has probably crashed",
            acts=acts,
        )
    elif found.stable_silent:
        here.say(Code.NO_DATA_STABLE, "the stable version does not report: there is nothing to compare with")
    blind = bool(found.flaws) or found.canary_silent is not False
    here.state = replace(here.state, absent=absent, voids=here.state.voids + 1 if blind else 0)


def _identity(here: _Look) -> None:
    start, seen = here.state.start, here.seen.artifact
    judged = "" if start is None else start.artifact
    if here.policy.identity == "build":
        judged = here.state.build
        if not judged and IDENTITY not in here.health.checks:
            here.state = replace(here.state, build=seen)
    if judged and seen and seen != judged:
        here.say(Code.IDENTITY_CHANGED, f"the canary now runs {seen}, and {judged} was to be judged")


def _tests(here: _Look) -> None:
    """Run every test whose data is there; the canary is not silent, or nothing would be."""
    if here.health.canary_silent is not False:
        return
    split_off = not here.warm and _split_off(here)
    streams, calm = dict(here.state.tests), dict(here.state.calm)
    if not here.warm:
        _incident(here, calm)
    for test in here.policy.tests:
        if test.check in here.health.checks:
            continue
        reading = here.seen.readings.get(test.check)
        finding = _one(here, test, reading, streams.get(test.key, ()), comparing=not split_off)
        if finding is None:
            continue
        if here.warm:
            here.reasons += [r for r in finding.reasons if r.code is Code.PROBE_FAILURE]
            continue
        here.findings[test.key] = finding
        here.reasons += finding.reasons
        streams[test.key] = finding.streams
    if not here.warm:
        evidence = {**here.state.evidence, **{key: f.log_e for key, f in here.findings.items()}}
        judged = here.state.judged + (1 if here.findings else 0)
        here.state = replace(here.state, tests=streams, calm=calm, evidence=evidence, judged=judged)
        _enough(here)


def _one(
    here: _Look, test: ResolvedTest, reading: Reading | None, streams: tuple[Stream, ...], *, comparing: bool
) -> Finding | None:
    """Run one test; None where it has nothing to say of this look."""
    context = Context(policy=here.policy, look=here.seen.look, phi=_phi(here, test.check))
    if test.test == "alert":
        return alone.alert(test, here.seen.alerts or (), context)
    if reading is None:
        return None
    canary, stable = reading.canary, None if here.health.stable_silent else reading.stable
    if test.test in _COMPARED and (stable is None or not comparing):
        if stable is None and not here.health.stable_silent:
            here.say(Code.NO_DATA_STABLE, "the stable version has targets, but not this metric", test.check)
        return None
    match test.test, canary, stable:
        case "error_rate_ceiling", Counts(), Counts() | None:
            return alone.ceiling(test, streams, canary, stable, context)
        case "probe", Runs(), Runs() | None:
            return alone.probe(test, streams, canary, stable, context)
        case "cost", Counts(), Counts():
            return alone.cost(test, streams, canary, stable, context)
        case "latency_quantile", Buckets(), Buckets():
            return quantile(test, streams, canary, stable, context)
        case _, Counts() | Buckets(), Counts() | Buckets():
            return compare(test, streams, canary, stable, context)
    return None


def _phi(here: _Look, check: str) -> float:
    """Give what the evidence of a check is divided by."""
    if here.policy.dispersion is not None:
        return max(1.0, here.policy.dispersion)
    start = here.state.start
    return dispersion.used(None if start is None else start.dispersion.get(check))


def _split_off(here: _Look) -> bool:
    """Tell whether the traffic is split otherwise than declared; then no comparison is believed."""
    start = here.state.start
    share = here.seen.share if here.seen.share is not None else (start.share if start is not None else None)
    if share is None:
        return False
    for canary, stable in _totals(here):
        if traffic.off(canary, stable, share, here.policy.traffic_tolerance):
            seen = canary / (canary + stable)
            here.say(Code.TRAFFIC_SPLIT_MISMATCH, f"the canary has {seen:.2%} of the requests, not {share:.2%}")
            return True
    return False


def _totals(here: _Look) -> list[tuple[float, float]]:
    checks = dict.fromkeys(t.check for t in here.policy.tests if t.test in CODES or t.test == "error_rate_ceiling")
    readings = [here.seen.readings.get(c) for c in checks if c not in here.health.checks]
    return [
        (r.canary.total, r.stable.total)
        for r in readings
        if r is not None and isinstance(r.canary, Counts | Buckets) and isinstance(r.stable, Counts | Buckets)
    ]


def _incident(here: _Look, calm: dict[str, Counts]) -> None:
    """Tell an incident that hits both tracks; where there is none, remember the stable version's counts."""
    for test in here.policy.tests:
        reading = here.seen.readings.get(test.check)
        if test.test not in {"error_rate_delta", "latency_share"} or test.check in here.health.checks:
            continue
        if reading is None or here.health.stable_silent or isinstance(reading.stable, Runs | None):
            continue
        if isinstance(reading.canary, Runs | None):
            continue
        place = compared(test)[0]
        tally = _tally_of(reading.canary, reading.stable, place)
        before = calm.get(test.check, Counts(total=0, bad=0))
        enough = before.total >= here.policy.min_requests
        if enough and traffic.incident(tally, before, _phi(here, test.check)):
            here.say(
                Code.COMMON_MODE_INCIDENT,
                f"both are worse than the stable version was: {tally.canary_rate:.3%} on the canary and "
                f"{tally.stable_rate:.3%} on stable, {before.bad / before.total:.3%} before",
                test.check,
            )
        else:
            calm[test.check] = Counts(total=before.total + tally.stable_total, bad=before.bad + tally.stable_bad)


def _tally_of(canary: Counts | Buckets, stable: Counts | Buckets, place: int | None) -> Tally:
    bad = [c.bad if isinstance(c, Counts) else c.total - c.within[place or 0] for c in (canary, stable)]
    return Tally(canary.total, bad[0], stable.total, bad[1])


def _enough(here: _Look) -> None:
    """Say what little there is to judge by, and how bursty it is."""
    limit = here.policy.min_requests
    seen = {
        test.check: here.state.tests[test.key][0].whole.canary_total
        for test in here.policy.tests
        if test.test in CODES and here.state.tests.get(test.key)
    }
    for check, total in seen.items():
        if total < limit:
            here.say(Code.INSUFFICIENT_TRAFFIC, f"the canary has answered {total:g} requests of {limit:g}", check)
    given = {} if here.state.start is None else here.state.start.dispersion
    for check in seen:
        measured = here.policy.dispersion if here.policy.dispersion is not None else given.get(check)
        if measured is not None and measured > dispersion.TOO_MUCH:
            here.say(Code.OVERDISPERSED, f"the counts are {measured:.3g} times as bursty as independent ones", check)


def _conclude(here: _Look) -> State:
    """Say what becomes of the canary: a rollback beats everything, and only evidence promotes."""
    policy, reasons = here.policy, ordered(here.reasons)
    triggers = [r for r in reasons if r.acts and rolls_back(r.code)]
    state = here.state
    if triggers:
        first = next((f.first_bad for f in here.findings.values() if triggers[0] in f.reasons), None)
        return decided(state, policy, Phase.ROLLBACK, Verdict.ROLLBACK, reasons, first_bad=first)
    held = any(r.code in _HOLDS for r in reasons) or state.voids >= VOIDS
    since = (state.elapsed if state.holding_since is None else state.holding_since) if held else None
    state = replace(state, holding_since=since, reasons=reasons)
    if since is not None and state.elapsed - since >= policy.hold_max - _A_MOMENT:
        return _over(state, policy, f"held for {state.elapsed - since:g} s", Verdict.ROLLBACK)
    observed = state.elapsed - policy.warmup
    late = observed >= policy.max_duration + state.extra - _A_MOMENT
    if state.phase is Phase.INCONCLUSIVE:
        return state
    if not held and observed >= policy.min_duration - _A_MOMENT and _accepted(here):
        healthy = Reason(
            code=Code.HEALTHY,
            look=state.look,
            text=f"every check has positive evidence of health, after {observed:g} s and {state.judged} looks",
        )
        return decided(state, policy, Phase.PROMOTE, Verdict.PROMOTE, (healthy, *reasons))
    if late:
        verdict = Verdict.ROLLBACK if policy.on_inconclusive == "rollback" else Verdict.INCONCLUSIVE
        return _over(state, policy, f"not accepted after {observed:g} s", verdict)
    phase = Phase.WARMUP if here.warm else Phase.HOLDING if held else Phase.OBSERVING
    return replace(state, phase=phase)


def _over(state: State, policy: ResolvedPolicy, text: str, verdict: Verdict) -> State:
    phase = Phase.ROLLBACK if verdict is Verdict.ROLLBACK else Phase.INCONCLUSIVE
    deadline = Reason(code=Code.DEADLINE_EXCEEDED, text=text, look=state.look, acts=verdict is Verdict.ROLLBACK)
    return decided(state, policy, phase, verdict, (deadline, *state.reasons))


def _accepted(here: _Look) -> bool:
    """Tell whether every test of the policy has, in this very look, positive evidence of health."""
    if here.warm or here.health.flaws or not here.policy.tests or here.health.stable_silent is not False:
        return False
    return all(test.key in here.findings and here.findings[test.key].accepted for test in here.policy.tests)
