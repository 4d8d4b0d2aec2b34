"""The rules of a canary: counts of both tracks, the sequential test as one number, and its alerts.

The judge that watches a canary reads raw samples; these rules are for everybody who can only ask Prometheus, and for
the case that nobody watches. They hold the half of the test that sums the evidence over the whole canary: the other
half, for regressions that come late, needs a recursion that rules cannot have. Bursts are not corrected for.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import log

from relrails.canary import Check, ErrorRate, Latency, Policy
from relrails.canary import names as controller
from relrails.canary.counts import bucketed, countable
from relrails.canary.resolved import GRID, ResolvedPolicy, ResolvedTest, resolve
from relrails.promql import (
    Aggregate,
    Binary,
    Expr,
    Matcher,
    Selector,
    and_,
    call,
    clamp_min,
    compare,
    difference,
    duration_text,
    last_over_time,
    number,
    or_,
    product,
    quotient,
    sum_by,
    sum_over_time,
)
from relrails.rules import names
from relrails.rules.annotations import VALUE
from relrails.rules.values import AlertingRule, RecordingRule, RuleGroup
from relrails.service import Service
from relrails.sli import Availability, Correctness
from relrails.sli import Latency as LatencySLI
from relrails.slo import SLO
from relrails.units import Duration, exact, hours, seconds

HELD: Duration = 1 * hours
"""How long what a controller said last still stands after it is gone."""
UNDONE_LOOKS = 3
"""Looks for which a regressed canary may still have traffic before somebody is called: a rollback takes one."""


def canary_group(service: Service) -> RuleGroup | None:
    """Render the canary of a service; None where it has no policy."""
    policy = service.canary
    if policy is None:
        return None
    resolved = resolve(policy)
    compared = [(check, _test(check, resolved)) for check in policy.checks]
    tests = [_Compared(service, policy, c.slo, t) for c, t in compared if isinstance(c, ErrorRate | Latency) and t]
    return RuleGroup(
        name=f"{service.name}.canary",
        interval=policy.step,
        rules=(
            *(rule for test in tests for rule in test.records()),
            *(test.regressed() for test in tests),
            *_controller(service),
        ),
    )


def _test(check: Check, policy: ResolvedPolicy) -> ResolvedTest | None:
    """Give the test that a check's counts are held against; none for counts that rules cannot read."""
    if isinstance(check, ErrorRate) and countable(check.slo.sli):
        kind = "error_rate_delta"
    elif isinstance(check, Latency) and bucketed(check.slo.sli):
        kind = "latency_share"
    else:
        return None
    return next(t for t in policy.tests if (t.check, t.test) == (check.name, kind))


def alternatives(test: ResolvedTest) -> tuple[tuple[str, float], ...]:
    """Give the ratios that the evidence is a mean over, each with its label `alt`."""
    return tuple((f"{r * test.tolerated_ratio:.4g}", r * test.tolerated_ratio) for r in GRID)


def limit(policy: ResolvedPolicy, test: ResolvedTest) -> Fraction:
    """Give the e-value at which a canary has regressed: 1 / (alpha * weight)."""
    return 1 / (Fraction(repr(policy.alpha)) * Fraction(repr(test.weight)))


class _Compared:
    """One SLO, counted on both tracks."""

    def __init__(self, service: Service, policy: Policy, slo: SLO, test: ResolvedTest) -> None:
        self.service, self.policy, self.slo, self.test = service, policy, slo, test
        self.step = policy.step
        self.run = float(exact(policy.max_duration, "second")) * seconds

    def records(self) -> Iterator[RecordingRule]:
        for track, labels in (("canary", self.policy.canary), ("stable", self.policy.stable)):
            total, bad = _increases(self.slo, dict(labels), self.step, new=track == "canary")
            yield self._record(names.canary_total(self.step), total, track=track)
            none = product(number(0), self._of(track, names.canary_total(self.step)))
            yield self._record(names.canary_bad(self.step), or_(bad, none), track=track)
            some = compare(self.series(names.canary_total(self.step), track=track), ">", number(0))
            ratio = quotient(self.series(names.canary_bad(self.step), track=track), some)
            yield self._record(names.canary_error_ratio(self.step), ratio, track=track)
            for name in (names.canary_total, names.canary_bad):
                summed = sum_over_time(self.series(name(self.step), track=track), self.run)
                yield self._record(name(self.run), summed, track=track)
            some = compare(self.series(names.canary_total(self.run), track=track), ">", number(0))
            ratio = quotient(self.series(names.canary_bad(self.run), track=track), some)
            yield self._record(names.canary_error_ratio(self.run), ratio, track=track)
        for alt, ratio_ in alternatives(self.test):
            yield self._record(names.canary_llr(self.step), self._llr(ratio_), alt=alt)
        summed = call("exp", sum_over_time(self.series(names.canary_llr(self.step)), self.run))
        yield self._record(names.CANARY_E_VALUE, Aggregate("avg", summed))

    def regressed(self) -> AlertingRule:
        """The canary is worse, by evidence and by size, and still has traffic."""
        policy, test = resolve(self.policy), self.test
        bad, total = (self._of("canary", name(self.run)) for name in (names.canary_bad, names.canary_total))
        mine, theirs = (self._of(track, names.canary_error_ratio(self.run)) for track in ("canary", "stable"))
        least = max(test.min_ratio, test.tolerated_ratio)
        conditions: tuple[Expr, ...] = (
            compare(self.series(names.CANARY_E_VALUE), ">=", number(limit(policy, test))),
            compare(bad, ">=", number(Fraction(repr(test.min_bad)))),
            compare(total, ">=", number(Fraction(repr(policy.min_requests)))),
            compare(mine, ">=", _times(least, theirs)),
            compare(difference(mine, theirs), ">=", number(Fraction(repr(test.min_delta)))),
            compare(self._of("canary", names.canary_total(self.step)), ">", number(0)),
        )
        expr: Expr = mine
        for condition in conditions:
            expr = and_(expr, condition, ())
        waits = UNDONE_LOOKS * float(exact(self.step, "second")) * seconds
        return AlertingRule(
            alert=names.CANARY_REGRESSED,
            expr=expr,
            for_=waits,
            labels={**_labels(self.service), "slo": self.slo.name},
            annotations=_annotations(
                self.service,
                names.CANARY_REGRESSED,
                f"the canary of {self.service.name} is worse than stable in {self.slo.name}, and still serves",
                f"{VALUE} of {self.slo.sli.events} on the canary were bad, surely more than on stable, and it has had "
                f"traffic for {duration_text(waits)} since that was certain: nothing has rolled it back.",
            ),
        )

    def _llr(self, ratio: float) -> Expr:
        canary, stable = (self._of(t, names.canary_total(self.step)) for t in ("canary", "stable"))
        bad, other = (self._of(t, names.canary_bad(self.step)) for t in ("canary", "stable"))
        null = self.test.tolerated_ratio
        shares = quotient(_plus(_times(null, canary), stable), _plus(_times(ratio, canary), stable))
        found = _plus(_times(log(ratio / null), bad), product(_plus(bad, other), call("ln", shares)))
        # Without requests on both tracks the shares are 0/0, and one NaN would stay in the sum for the whole canary.
        return and_(found, compare(canary, ">", number(0)))

    def _of(self, track: str, name: str) -> Expr:
        return sum_by(self.series(name, track=track))

    def _record(self, name: str, expr: Expr, **labels: str) -> RecordingRule:
        return RecordingRule(
            record=name, expr=expr, labels={"service": self.service.name, "slo": self.slo.name, **labels}
        )

    def series(self, name: str, **labels: str) -> Selector:
        of = {"service": self.service.name, "slo": self.slo.name, **labels}
        return Selector(name, tuple(Matcher(k, "=", v) for k, v in of.items()))


def _times(factor: float, of: Expr) -> Expr:
    return of if factor == 1 else product(number(Fraction(repr(factor))), of)


def _plus(left: Expr, right: Expr) -> Expr:
    return Binary("+", left, right)


def _increases(slo: SLO, labels: dict[str, str], step: Duration, *, new: bool) -> tuple[Expr, Expr]:
    """Give the increase of total and of bad events over one step."""
    sli = slo.sli

    def increase(of: Selector) -> Expr:
        return _increase(of, labels, step, new=new)

    if isinstance(sli, LatencySLI):
        total = increase(sli.histogram.count)
        return total, clamp_min(difference(total, increase(sli.histogram.bucket(sli.bound))), 0)
    if isinstance(sli, Availability):
        return increase(sli.total.selector), increase(sli.bad.selector)
    if isinstance(sli, Correctness) and sli.bad is not None:
        return increase(sli.total.selector), increase(sli.bad.selector)
    if isinstance(sli, Correctness) and sli.good is not None:
        total = increase(sli.total.selector)
        return total, clamp_min(difference(total, increase(sli.good.selector)), 0)
    msg = f"{type(sli).__name__} has no counts"
    raise ValueError(msg)


def _increase(of: Selector, labels: dict[str, str], step: Duration, *, new: bool) -> Expr:
    """What counters rose by since the step before, exactly: ranges are left-open in Prometheus 3, and extrapolated.

    A series that restarts in a step loses it. A `new` one counts from zero: on the canary, for its first requests are
    evidence; on stable an old counter that appears again would look like a flood.
    """
    matchers = (*of.matchers, *(Matcher(k, "=", v) for k, v in sorted(labels.items())))
    now, before = Selector(of.metric, matchers), Selector(of.metric, matchers, step)
    rose: Expr = difference(now, before)
    return sum_by(clamp_min(or_(rose, now) if new else rose, 0))


def _controller(service: Service) -> tuple[AlertingRule, AlertingRule]:
    """What only the controller of the canary knows; its last word stands when it is gone."""
    return (
        _said(
            service,
            names.CANARY_ROLLBACK_FAILED,
            controller.ROLLBACK_FAILED,
            f"the canary of {service.name} was to be rolled back, and could not be",
            "A rollback was decided and its action failed: a bad canary goes on serving. Roll it back by hand.",
        ),
        _said(
            service,
            names.CANARY_NOT_RECOVERED,
            controller.NOT_RECOVERED,
            f"the canary of {service.name} was rolled back, and the service has not recovered",
            "The rollback succeeded, and the service is still worse than it was before the canary: the cause may lie "
            "elsewhere, or the rollback is not whole.",
        ),
    )


def _said(service: Service, alert: str, metric: str, summary: str, description: str) -> AlertingRule:
    of = Selector(metric, (Matcher("service", "=", service.name),))
    return AlertingRule(
        alert=alert,
        expr=compare(Aggregate("max", last_over_time(of, HELD)), "==", number(1)),
        labels=_labels(service),
        annotations=_annotations(service, alert, summary, description),
    )


def _labels(service: Service) -> dict[str, str]:
    return {"severity": "page", "service": service.name, "owner": service.owner}


def _annotations(service: Service, alert: str, summary: str, description: str) -> dict[str, str]:
    return {
        "summary": summary,
        "description": description,
        "runbook_url": names.runbook_url(service, alert),
        "dashboard_url": names.dashboard_url(service),
    }
