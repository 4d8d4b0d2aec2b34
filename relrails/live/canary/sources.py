"""Where the numbers of each check come from: the raw counters of its SLO, narrowed to a track."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from relrails.canary import Alerts, Cost, ErrorRate, Latency, Policy, Probes
from relrails.judge.canary import ResolvedPolicy, ResolvedTest
from relrails.metric import Counter
from relrails.probe import Journey, backend
from relrails.probe import names as exported
from relrails.promql import Expr, Matcher, Selector, compare, count, number, or_, selector, summed_rate, text
from relrails.service import Service
from relrails.sli import SLI, Availability, Correctness, Ratio
from relrails.sli import Latency as LatencySLI
from relrails.slo import SLO
from relrails.units import exact, seconds

Track = Literal["canary", "stable"]
TRACKS: tuple[Track, ...] = ("canary", "stable")


class PolicyError(ValueError):
    """A policy that cannot be watched; the message says which part, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Events:
    """Events in counters: all of them, and those that are bad, or those that are good."""

    check: str
    total: Selector
    bad: Selector | None = None
    good: Selector | None = None

    @property
    def parts(self) -> Mapping[str, Selector]:
        """Give the counters by what they count."""
        found = {"total": self.total, "bad": self.bad, "good": self.good}
        return {part: one for part, one in found.items() if one is not None}


@dataclass(frozen=True, slots=True)
class Histogram:
    """Answers by bucket, up to each of the finite `bounds`; `bound` is the place of the SLO's threshold."""

    check: str
    buckets: Selector
    bounds: tuple[float, ...]
    bound: int

    @property
    def parts(self) -> Mapping[str, Selector]:
        """Give the one metric."""
        return {"buckets": self.buckets}


@dataclass(frozen=True, slots=True)
class Journeys:
    """Runs of journeys: counted by our runner, or one sample for each run where Blackbox makes them."""

    check: str
    journeys: tuple[Journey, ...]
    env: Mapping[Track, str]
    slower_than: float | None

    def parts_of(self, track: Track) -> Mapping[str, Selector]:
        """Give what is read of a track."""
        names = "|".join(sorted(journey.name for journey in self.journeys))
        of = (Matcher("env", "=", self.env[track]), Matcher("journey", "=~", names))
        jobs = Matcher("job", "=~", "|".join(sorted({exported.JOB, exported.BLACKBOX_JOB})))
        parts = {
            "runs": Selector(exported.RUNS, (*of, Matcher("outcome", "=~", "success|flaky|failure"))),
            "results": Selector(exported.SUCCESS, (jobs, *of)),
        }
        if self.slower_than is not None:
            parts["durations"] = Selector(f"{exported.DURATION}_bucket", of)
        return parts


Source = Events | Histogram | Journeys


@dataclass(frozen=True, slots=True)
class Sources:
    """All that a policy reads: counters, how many series a track has, and alerts."""

    checks: tuple[Source, ...]
    policy: Policy
    present: Mapping[Track, Expr]
    alerts: Selector | None
    where: tuple[Matcher, ...] = ()
    identity: Selector | None = None
    """The series in which the canary says what it runs."""

    def parts(self, source: Source, track: Track) -> Mapping[str, Selector]:
        """Give the selectors of a check for one track."""
        if isinstance(source, Journeys):
            found = source.parts_of(track)
        else:
            own = self.policy.canary if track == "canary" else self.policy.stable
            found = {part: narrowed(one, own) for part, one in source.parts.items()}
        return {part: Selector(one.metric, (*one.matchers, *self.where)) for part, one in found.items()}


def narrowed(of: Selector, labels: Mapping[str, str]) -> Selector:
    """Add the labels of a track to a selector."""
    more = tuple(Matcher(label, "=", value) for label, value in sorted(labels.items()))
    return Selector(of.metric, (*of.matchers, *more))


def sources(service: Service, policy: Policy, resolved: ResolvedPolicy, where: Sequence[Matcher] = ()) -> Sources:
    """Find out what a policy has to read; raises PolicyError for what has no raw counters.

    `where` must match in every selector too: it chooses among several Prometheis behind one address.
    """
    checks = tuple(_checks(service, policy, resolved))
    alerts = next((check for check in policy.checks if isinstance(check, Alerts)), None)
    firing = None
    if alerts is not None:
        firing = selector("ALERTS", where, alertstate="firing", **{**alerts.matching, **policy.canary})
    counted = next((source.total for source in checks if isinstance(source, Events)), None) or next(
        (source.buckets for source in checks if isinstance(source, Histogram)), None
    )
    if counted is None:
        raise PolicyError("the policy compares no requests: give it an ErrorRate or a Latency check")
    jobs = sorted({m.value for m in counted.matchers if m.label == "job" and m.op == "="})
    tracks = {"canary": policy.canary, "stable": policy.stable}
    present = {track: _present(counted, jobs, tracks[track], where) for track in TRACKS}
    says = None
    if policy.identity is not None:
        of = policy.identity.metric.selector
        says = narrowed(Selector(of.metric, (*of.matchers, *where)), policy.canary)
    return Sources(checks, policy, present, firing, tuple(where), says)


def _present(counted: Selector, jobs: list[str], labels: Mapping[str, str], where: Sequence[Matcher]) -> Expr:
    """Count the targets of a track that are up, or its series where targets do not carry the labels of the track."""
    own = Selector(counted.metric, (*counted.matchers, *where))
    series: Expr = count(narrowed(own, labels))
    for job in jobs:
        up = narrowed(selector("up", where, job=job), labels)
        series = or_(count(compare(up, "==", number(1))), series)
    return series


def _checks(service: Service, policy: Policy, resolved: ResolvedPolicy) -> Iterator[Source]:
    for check in policy.checks:
        match check:
            case ErrorRate():
                yield _events(check.slo)
            case Latency():
                test = next((t for t in resolved.tests if t.check == check.name and t.bounds), None)
                yield _histogram(check.slo, test)
            case Cost():
                yield Events(check.name, total=check.requests.selector, bad=check.cost.selector)
            case Probes():
                yield _journeys(service, check)
            case Alerts():
                pass


def _events(slo: SLO) -> Events:
    sli: SLI = slo.sli
    match sli:
        case Availability():
            return Events(slo.name, total=sli.total.selector, bad=sli.bad.selector)
        case Correctness(bad=Counter() as bad):
            return Events(slo.name, total=sli.total.selector, bad=bad.selector)
        case Correctness(good=Counter() as good):
            return Events(slo.name, total=sli.total.selector, good=good.selector)
        case Ratio():
            window = 60 * seconds
            total, bad_rate = (summed_rate(text(e.over(window))) for e in (sli.total, sli.bad))
            if total is not None and bad_rate is not None and total.metric and bad_rate.metric:
                return Events(slo.name, total=total, bad=bad_rate)
    raise PolicyError(
        f"ErrorRate(slo={slo.name}) cannot be counted: a {type(sli).__name__} has no two counters; "
        f"use an SLO of Availability or Correctness, or a Latency check"
    )


def _histogram(slo: SLO, test: ResolvedTest | None) -> Histogram:
    sli = slo.sli
    if not isinstance(sli, LatencySLI) or sli.histogram.native or test is None:
        raise PolicyError(f"Latency(slo={slo.name}) cannot be counted: it needs a Latency SLI with classic buckets")
    of = sli.histogram.selector
    return Histogram(slo.name, Selector(f"{of.metric}_bucket", of.matchers), test.bounds, test.bound)


def _journeys(service: Service, check: Probes) -> Journeys:
    chosen = tuple(j for j in service.journeys if not check.journeys or j.name in check.journeys)
    if not chosen:
        raise PolicyError(f"Probes(env={check.env!r}) watches no journey: {service.name} has none of that name")
    slower = None if check.slower_than is None else float(exact(check.slower_than, "second"))
    if slower is not None and any(backend(journey).name == "blackbox" for journey in chosen):
        raise PolicyError("Probes(slower_than=...) needs journeys that our runner runs: Blackbox has no histogram")
    return Journeys(check.name, chosen, {"canary": check.env, "stable": check.stable_env}, slower)
