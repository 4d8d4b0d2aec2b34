"""Proof of the rules of a canary, from raw counters: the counts, the evidence, and who is called.

What must be seen comes from the judge that watches canaries, which has not seen a rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp

from relrails.canary import ErrorRate, Latency
from relrails.canary import names as controller
from relrails.judge.canary import ResolvedPolicy, ResolvedTest, resolve
from relrails.judge.canary.rate_ratio import Tally, llr
from relrails.promql import Matcher, Selector, text
from relrails.prove.expected import percentage
from relrails.prove.scene import about, between, decimal, minutes_of
from relrails.prove.values import Case, Fired, Holds, ProofFile
from relrails.rules import AlertingRule, canary_group, names
from relrails.rules.annotations import VALUE
from relrails.rules.canary import HELD, UNDONE_LOOKS, alternatives, limit
from relrails.service import Service
from relrails.sli.traffic import INSTANCES, Phase, Series, Traffic, series
from relrails.slo import SLO
from relrails.units import Duration, exact, minutes

SCRAPE = 15
A_MINUTE = 60 // SCRAPE
CANARY, STABLE = 50, 450
"""Requests between two scrapes of one instance: 400 and 3600 a minute."""
LOOKS = 16
"""Minutes of a canary here: within the longest window, whose left edge Prometheus 2 and 3 see differently."""
STEP: Duration = 1 * minutes
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some minutes of a release: bad requests between two scrapes of one instance, on canary and on stable."""

    minutes: int
    canary: int
    stable: int
    canary_total: int = CANARY
    stable_total: int = STABLE
    gone: bool = False
    reset: bool = False


TWICE = (Stretch(LOOKS, 2, 9),)
"""A canary twice as bad as stable: not certain at once, so that the limit can be seen."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """One SLO that a canary is judged by."""

    service: Service
    slo: SLO
    policy: ResolvedPolicy
    test: ResolvedTest
    alert: AlertingRule
    step: int

    @property
    def limit(self) -> Fraction:
        """The evidence that is enough."""
        return limit(self.policy, self.test)

    def query(self, name: str, **labels: str) -> str:
        return text(Selector(name, tuple(Matcher(k, "=", v) for k, v in self._labels(labels).items())))

    def _labels(self, more: dict[str, str]) -> dict[str, str]:
        return {"service": self.service.name, "slo": self.slo.name, **more}

    def played(self, stretches: Sequence[Stretch]) -> tuple[Series, ...]:
        """Play both tracks: a canary counts from zero, the stable version has run for weeks."""
        policy = self.service.canary
        if policy is None:
            return ()
        tracks = (
            (policy.canary, [(s.canary_total, s.canary) for s in stretches], 0, True),
            (policy.stable, [(s.stable_total, s.stable) for s in stretches], 10**9, False),
        )
        out: list[Series] = []
        for labels, events, start, new in tracks:
            phases = tuple(
                Phase(s.minutes * A_MINUTE, total, bad, gone=s.gone and new, reset=s.reset and new)
                for s, (total, bad) in zip(stretches, events, strict=True)
            )
            out += self.slo.sli.series(Traffic(phases, SCRAPE, start=start), dict(labels))
        return tuple({s.name: s for s in out}.values())

    def looks(self, stretches: Sequence[Stretch]) -> list[Tally]:
        """Count what each look must see, from the traffic alone; one whole look is lost when a process restarts."""
        found = []
        for stretch in stretches:
            for minute in range(stretch.minutes):
                lost = stretch.gone or (stretch.reset and minute == 0)
                each = A_MINUTE * len(INSTANCES)
                mine = (0, 0) if lost else (stretch.canary_total * each, stretch.canary * each)
                found.append(Tally(*mine, stretch.stable_total * each, stretch.stable * each))
        return found

    def log_e(self, looks: Sequence[Tally], ratio: float) -> float:
        """Sum the evidence for one ratio; looks without requests on both tracks say nothing."""
        return sum(llr(t, self.test.tolerated_ratio, ratio) for t in looks)

    def e_value(self, looks: Sequence[Tally]) -> float:
        found = [exp(self.log_e(looks, ratio)) for _, ratio in alternatives(self.test)]
        return sum(found) / len(found)

    def regressed(self, looks: Sequence[Tally]) -> bool:
        """Whether the evidence and the size of the difference are enough, after these looks."""
        whole = Tally()
        for look in looks:
            whole = whole.plus(look)
        return (
            self.e_value(looks) >= self.limit
            and whole.canary_bad >= self.test.min_bad
            and whole.canary_total >= self.policy.min_requests
            and whole.ratio >= max(self.test.min_ratio, self.test.tolerated_ratio)
            and whole.canary_rate - whole.stable_rate >= self.test.min_delta
        )

    def onset(self, looks: Sequence[Tally]) -> int | None:
        """Give the first minute at which the canary has regressed."""
        return next((n for n in range(1, len(looks) + 1) if self.regressed(looks[:n])), None)


def canary_proof(service: Service) -> ProofFile | None:
    """Give the proofs of a service's canary; None where it has none, or where its looks are no whole minutes."""
    group, policy = canary_group(service), service.canary
    if group is None or policy is None:
        return None
    seconds = exact(policy.step, "second")
    if seconds % _MINUTE != 0:
        return None
    cases = [case for scene in _scenes(service) for case in _cases(scene)]
    cases += [case for metric, alert in _SAID for case in _said(service, metric, alert)]
    return ProofFile(
        path=f"prometheus/tests/{service.name}.canary.yml",
        rule_file=f"../rules/{service.name}.canary.yml",
        every=int(seconds) // _MINUTE,
        needs=max((scene.slo.sli.needs for scene in _scenes(service)), default=(2, 42)),
        groups=(group.name,),
        cases=tuple(cases),
    )


def _scenes(service: Service) -> tuple[_Scene, ...]:
    group, policy = canary_group(service), service.canary
    if group is None or policy is None:
        return ()
    resolved, found = resolve(policy), []
    for check in policy.checks:
        if not isinstance(check, ErrorRate | Latency):
            continue
        alert = next(
            (
                r
                for r in group.rules
                if isinstance(r, AlertingRule)
                and (r.alert, r.labels.get("slo")) == (names.CANARY_REGRESSED, check.slo.name)
            ),
            None,
        )
        kinds = {"error_rate_delta", "latency_share"}
        test = next((t for t in resolved.tests if t.check == check.name and t.test in kinds), None)
        if alert is not None and test is not None:
            found.append(_Scene(service, check.slo, resolved, test, alert, minutes_of(policy.step)))
    return tuple(found)


def _cases(scene: _Scene) -> Iterator[Case]:
    if scene.step != 1 or not scene.slo.sli.series(Traffic((Phase(1, 1),), SCRAPE), {}):
        return  # only looks of a minute, of raw series that can be played
    yield _counts(scene)
    yield _evidence(scene)
    yield _fires(scene)
    yield from (_rolled_back(scene, gone=gone) for gone in (False, True))
    yield _idle(scene)
    yield _few(scene)
    yield _healthy(scene)
    yield _both(scene)
    yield _alone(scene)


def _counts(scene: _Scene) -> Case:
    stretches = (Stretch(5, 5, 9), Stretch(5, 5, 9, reset=True), Stretch(4, 0, 9, gone=True))
    looks, played, holds = scene.looks(stretches), scene.played(stretches), []
    for minute in (1, 2, 5, 6, 7, 10):
        look = looks[minute - 1]
        for track, total, bad in (
            ("canary", look.canary_total, look.canary_bad),
            ("stable", look.stable_total, look.stable_bad),
        ):
            holds += [
                Holds(minute, _is(scene.query(names.canary_total(STEP), track=track), total)),
                Holds(minute, _is(scene.query(names.canary_bad(STEP), track=track), bad)),
            ]
            ratio = scene.query(names.canary_error_ratio(STEP), track=track)
            holds.append(
                Holds(minute, about(ratio, Fraction(bad) / Fraction(total))) if total else _nothing(minute, ratio)
            )
    gone = scene.query(names.canary_total(STEP), track="canary")
    holds += [_nothing(11, gone), _nothing(14, scene.query(names.canary_llr(STEP)))]
    return Case(
        name=f"{scene.slo.name}: both tracks are counted exactly, a new canary from its first request; "
        f"a restart loses one look",
        interval=SCRAPE,
        series=(*played, *_returning(scene, played)),
        holds=tuple(holds),
    )


def _returning(scene: _Scene, played: Sequence[Series]) -> Iterator[Series]:
    """An instance of the stable version that is seen again after a while: what it counted before is not of today."""
    policy = scene.service.canary
    stable = set(policy.stable.items()) if policy is not None else set()
    for one in played:
        if stable <= set(one.labels) and INSTANCES[0] in dict(one.labels).values():
            labels = tuple((k, "c:80" if v == INSTANCES[0] else v) for k, v in one.labels)
            yield Series(one.metric, labels, f"_x{2 * A_MINUTE} {10**9}x{20 * A_MINUTE}")


def _evidence(scene: _Scene) -> Case:
    stretches = (Stretch(8, 1, 9), Stretch(4, 3, 9))
    looks = scene.looks(stretches)
    llr_name = names.canary_llr(STEP)
    holds = [
        Holds(minute, _close(scene.query(llr_name, alt=alt), scene.log_e(looks[minute - 1 : minute], ratio)))
        for minute in (8, 9)
        for alt, ratio in alternatives(scene.test)
    ]
    holds += [
        Holds(minute, _close(scene.query(names.CANARY_E_VALUE), scene.e_value(looks[:minute])))
        for minute in (1, 8, 9, 12)
    ]
    holds.append(Holds(8, f"sum(count({scene.query(llr_name)})) == bool {len(alternatives(scene.test))}"))
    return Case(
        name=f"{scene.slo.name}: the evidence of each look and of all of them is the judge's own arithmetic",
        interval=SCRAPE,
        series=scene.played(stretches),
        holds=tuple(holds),
    )


def _fires(scene: _Scene) -> Case:
    looks = scene.looks(TWICE)
    certain = _first(scene, TWICE)
    at = certain + UNDONE_LOOKS
    whole = Fraction(int(looks[0].canary_bad * at), int(looks[0].canary_total * at))
    return Case(
        name=f"{scene.slo.name}: a canary twice as bad that still has traffic calls somebody, at its minute",
        interval=SCRAPE,
        series=scene.played(TWICE),
        holds=tuple(
            Holds(minute, f"sum({scene.query(names.CANARY_E_VALUE)}) >= bool {decimal(scene.limit)}", gives=True)
            for minute in (certain, LOOKS)
        ),
        fired=(
            Fired(at - 1, names.CANARY_REGRESSED),
            Fired(at, names.CANARY_REGRESSED, (_filled(scene.alert, whole),)),
            Fired(LOOKS, names.CANARY_REGRESSED, (_filled(scene.alert, whole),)),
        ),
    )


def _rolled_back(scene: _Scene, *, gone: bool) -> Case:
    certain = _first(scene, TWICE)
    after = Stretch(10, 0, 9, gone=True) if gone else Stretch(10, 0, 9, canary_total=0)
    stretches = (Stretch(certain + UNDONE_LOOKS - 1, 2, 9), after)
    how = "is taken away" if gone else "gets no more requests"
    return Case(
        name=f"{scene.slo.name}: a bad canary that {how} in time calls nobody",
        interval=SCRAPE,
        series=scene.played(stretches),
        holds=(Holds(certain + 6, between(scene.query(names.CANARY_E_VALUE), scene.limit, Fraction(10**300))),),
        fired=_quiet(range(certain, certain + UNDONE_LOOKS + 9)),
    )


def _idle(scene: _Scene) -> Case:
    stretches = (Stretch(3, 2, 9), Stretch(3, 0, 0, canary_total=0, stable_total=0), Stretch(2, 2, 9))
    looks = scene.looks(stretches)
    return Case(
        name=f"{scene.slo.name}: looks without requests are no evidence, and spoil none",
        interval=SCRAPE,
        series=scene.played(stretches),
        holds=(
            _nothing(5, scene.query(names.canary_llr(STEP))),
            *(_nothing(5, scene.query(names.canary_error_ratio(STEP), track=track)) for track in ("canary", "stable")),
            *(
                Holds(minute, _close(scene.query(names.CANARY_E_VALUE), scene.e_value(looks[:minute])))
                for minute in (3, 5, 8)
            ),
        ),
    )


def _few(scene: _Scene) -> Case:
    stretches = (Stretch(LOOKS, 1, 9, canary_total=1),)
    return Case(
        name=f"{scene.slo.name}: a handful of requests convicts no canary, however bad they were",
        interval=SCRAPE,
        series=scene.played(stretches),
        holds=(Holds(LOOKS, between(scene.query(names.CANARY_E_VALUE), scene.limit, Fraction(10**300))),),
        fired=_quiet((5, LOOKS)),
    )


def _healthy(scene: _Scene) -> Case:
    stretches = (Stretch(LOOKS, 1, 9),)
    return Case(
        name=f"{scene.slo.name}: a canary as good as stable calls nobody",
        interval=SCRAPE,
        series=scene.played(stretches),
        holds=(Holds(LOOKS, between(scene.query(names.CANARY_E_VALUE), Fraction(0), Fraction(1))),),
        fired=_quiet((5, LOOKS)),
    )


def _both(scene: _Scene) -> Case:
    stretches = (Stretch(6, 1, 9), Stretch(LOOKS - 6, 10, 90))
    return Case(
        name=f"{scene.slo.name}: an incident that hits both tracks is not the canary",
        interval=SCRAPE,
        series=scene.played(stretches),
        holds=(Holds(LOOKS, between(scene.query(names.CANARY_E_VALUE), Fraction(0), Fraction(1))),),
        fired=_quiet((8, LOOKS)),
    )


def _alone(scene: _Scene) -> Case:
    """Without a stable version there is nothing to compare with, and no NaN that would stay."""
    policy = scene.service.canary
    played = scene.played((Stretch(LOOKS, 5, 9),))
    labels = set(policy.stable.items()) if policy is not None else set()
    mine = tuple(s for s in played if not labels <= set(s.labels))
    return Case(
        name=f"{scene.slo.name}: a canary without a stable version beside it gives no evidence",
        interval=SCRAPE,
        series=mine,
        holds=(
            Holds(10, _is(scene.query(names.canary_total(STEP), track="canary"), CANARY * A_MINUTE * 2)),
            _nothing(10, scene.query(names.CANARY_E_VALUE)),
        ),
        fired=_quiet((10, LOOKS)),
    )


def _first(scene: _Scene, stretches: Sequence[Stretch]) -> int:
    found = scene.onset(scene.looks(stretches))
    if found is None:
        msg = f"{scene.slo.name}: this canary is never certain to be bad"
        raise ValueError(msg)
    return found


def _quiet(minutes: Sequence[int]) -> tuple[Fired, ...]:
    return tuple(Fired(minute, names.CANARY_REGRESSED) for minute in minutes)


_SAID = (
    (controller.ROLLBACK_FAILED, names.CANARY_ROLLBACK_FAILED),
    (controller.NOT_RECOVERED, names.CANARY_NOT_RECOVERED),
)


def _said(service: Service, metric: str, alert: str) -> Iterator[Case]:
    group = canary_group(service)
    rule = next(r for r in group.rules if isinstance(r, AlertingRule) and r.alert == alert) if group else None
    if rule is None:
        return
    fires = (Fired(3, alert), Fired(5, alert, (_filled(rule, Fraction(1)),)))
    held = minutes_of(HELD)

    def of(name: str, values: str) -> Series:
        return series(metric, {"service": name, "job": controller.JOB, "instance": "controller"}, values)

    decoy = of("decoy", "1x200")
    yield Case(
        name=f"{alert} fires at once, and ends when the controller says so",
        interval=_MINUTE,
        series=(of(service.name, "0x4 1x9 0x20"), decoy),
        fired=(*fires, Fired(14, alert, (_filled(rule, Fraction(1)),)), Fired(15, alert)),
    )
    yield Case(
        name=f"{alert} stays for {held} minutes when the controller dies",
        interval=_MINUTE,
        series=(of(service.name, "0x4 1x4 stale"), decoy),
        fired=(*fires, Fired(held, alert, (_filled(rule, Fraction(1)),)), Fired(held + 11, alert)),
    )


def _filled(rule: AlertingRule, value: Fraction) -> tuple[dict[str, str], dict[str, str]]:
    return rule.labels, {key: said.replace(VALUE, percentage(value)) for key, said in rule.annotations.items()}


def _nothing(minute: int, query: str) -> Holds:
    return Holds(minute, query, gives=False)


def _is(query: str, value: float) -> str:
    return f"sum({query}) == bool {value:g}"


def _close(query: str, value: float) -> str:
    """Within one part in a thousand million: floats, in another order of adding."""
    slack = Fraction(max(abs(value), 1e-6)) / 10**9
    return between(query, Fraction(value) - slack, Fraction(value) + slack)


UNPROVED = "its looks are not of whole minutes, which promtool cannot play: nothing was proved"


def canary_sentence(proof: ProofFile | None) -> str:
    """Say what the proofs of a canary promise."""
    if proof is None:
        return UNPROVED
    return (
        "both tracks are counted exactly, the evidence is the judge's own, and only a canary that is worse and still "
        "serves calls somebody"
    )
