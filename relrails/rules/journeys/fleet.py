"""Alerts that are about all journeys at once: the prober itself, its way out, and steps that journeys share."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from math import ceil
from urllib.parse import urlsplit

from relrails.probe import Journey
from relrails.probe import names as exported
from relrails.probe.host import Host
from relrails.promql import (
    Expr,
    Matcher,
    absent,
    and_,
    compare,
    count,
    difference,
    duration_text,
    increase,
    max_by,
    number,
    or_,
    selector,
    sum_by,
    time,
)
from relrails.promql.ast import Aggregate
from relrails.rules import names
from relrails.rules.journeys import reach, story
from relrails.rules.journeys.groups import page_interval
from relrails.rules.journeys.pages import KEEP
from relrails.rules.journeys.story import UNKNOWN
from relrails.rules.journeys.template import asked, label, literal
from relrails.rules.journeys.template import first as first_of
from relrails.rules.journeys.watch import Watch
from relrails.rules.values import AlertingRule, RuleGroup
from relrails.service import Service
from relrails.units import Duration, exact, minutes, seconds

DOWN_FOR: Duration = 1 * minutes
LOST = Decimal("1.5")
"""In scrapes: what is scraped rarely is seen as down until the next scrape, so one that is lost must not do."""
KEEP_SHARED: Duration = 2 * KEEP
"""Longer than the pages that it silences, or they would call somebody when all is over."""
JOURNEYS = '{{ $value | printf "%.0f" }} journeys'
SHARED_BY = 2
"""A step is shared, and fails as such, when it fails in so many journeys."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A step that journeys of one environment have in common, and those journeys."""

    name: str
    env: str
    watches: tuple[Watch, ...]

    @property
    def hosts(self) -> tuple[Host, ...]:
        """The hosts that answer the step."""
        steps = [(w.journey, s) for w in self.watches for s in w.journey.steps if s.shared == self.name]
        targets = {step.request.target or journey.target for journey, step in steps}
        return tuple(sorted({Host(self.env, target.name, target.url) for target in targets}))

    @property
    def owner(self) -> Service:
        """The service that answers the step, if we know it by the name of its target; else the first."""
        known = [w.service for w in self.watches if w.service.name in {host.name for host in self.hosts}]
        return (known or [w.service for w in self.watches])[0]


def fleet_groups(services: Sequence[Service]) -> tuple[RuleGroup, ...]:
    """Give the alerts that no single journey has; none where there is no journey."""
    watches = [Watch(s, j) for s in sorted(services, key=lambda s: s.name) for j in s.journeys]
    if not watches:
        return ()
    interval = min((page_interval(w.service) for w in watches), key=lambda d: exact(d, "second"))
    rules = (*_probers(watches), *(_shared(found) for found in shared_steps(services)))
    return (RuleGroup(name=names.FLEET_GROUP, interval=interval, rules=rules),)


def shared_steps(services: Sequence[Service]) -> tuple[Shared, ...]:
    """Find the steps that at least two journeys of an environment share."""
    found: dict[tuple[str, str], list[Watch]] = {}
    for service in sorted(services, key=lambda s: s.name):
        for journey in service.journeys:
            watch = Watch(service, journey)
            for name in journey.shared if watch.by_runner else ():
                found.setdefault((journey.env, name), []).append(watch)
    return tuple(Shared(name, env, tuple(w)) for (env, name), w in sorted(found.items()) if len(w) >= SHARED_BY)


def _probers(watches: Sequence[Watch]) -> Iterator[AlertingRule]:
    by_runner = [w for w in watches if w.by_runner]
    if by_runner:
        yield _down(by_runner, exported.JOB, "probe runner")
        yield _egress(by_runner)
    by_blackbox = [w for w in watches if not w.by_runner]
    if by_blackbox:
        yield _down(by_blackbox, exported.BLACKBOX_JOB, "Blackbox Exporter")


def down_for(watches: Sequence[Watch]) -> Duration:
    """How long nothing may answer: longer than one scrape that is lost is seen as such, which tells nobody."""
    scrape = min(exact(w.scraped_every, "second") for w in watches)
    return float(max(exact(DOWN_FOR, "second"), scrape * LOST)) * seconds


def _down(watches: Sequence[Watch], job: str, prober: str) -> AlertingRule:
    up = compare(Aggregate("max", selector("up", job=job)), "==", number(1))
    return AlertingRule(
        alert=names.RUNNER_DOWN,
        expr=absent(up),
        for_=down_for(watches),
        # Without an owner: everybody whose journeys it runs must know.
        labels={"severity": "page", "prober": job},
        annotations=_head(
            watches[0],
            names.RUNNER_DOWN,
            f"the {prober} does not answer: no journey is watched",
            f"No target of job {job} is up, so nothing is known of {_list(watches)}: nobody can say whether customers "
            f"get through.",
        ),
    )


def _egress(watches: Sequence[Watch]) -> AlertingRule:
    ok = Aggregate("max", selector(exported.EGRESS_OK, job=exported.JOB))
    return AlertingRule(
        alert=names.EGRESS_DOWN,
        expr=compare(ok, "==", number(0)),
        for_=down_for(watches),
        keep_firing_for=KEEP_SHARED,
        labels={"severity": "page", "prober": exported.JOB},
        annotations=_head(
            watches[0],
            names.EGRESS_DOWN,
            "the probe runner has no way out: its journeys fail whatever the services do",
            f"The runner reaches none of the hosts that it goes to, so the failures of {_list(watches)} may be its "
            f"own. Customers may be well.",
        ),
    )


def _shared(shared: Shared) -> AlertingRule:
    service = shared.owner
    first = next(w for w in shared.watches if w.service == service)
    longest = max((w.last_runs for w in shared.watches), key=lambda d: exact(d, "millisecond"))
    failed = count(_any(_failed_within(w, longest) for w in shared.watches))
    calls = _any(w.enough(_step_failures(w, shared.name)) for w in shared.watches)
    step, reason = failing_now(shared, label("step"), UNKNOWN), failing_now(shared, label("reason"), UNKNOWN)
    return AlertingRule(
        alert=names.SHARED_STEP,
        # It stands as long as any journey pages for the step, and looks back as far as the slowest of them: were it
        # over before they are, they would call somebody for what is past.
        expr=and_(compare(failed, ">=", number(SHARED_BY)), calls, ()),
        keep_firing_for=KEEP_SHARED,
        labels={
            "severity": "page",
            "service": service.name,
            "owner": service.owner,
            "env": shared.env,
            "shared": shared.name,
            names.uses(shared.name): "true",
        },
        annotations={
            **_head(
                first,
                names.SHARED_STEP,
                f"{literal(shared.name)} fails in {literal(shared.env)}: step {step}, reason {reason}; {JOURNEYS} fail "
                f"with it",
                f"The step that {_list(shared.watches)} share fails: {_where(shared)}. {JOURNEYS} have failed in the "
                f"last {_about(longest)}; their own pages are silenced while this one stands.",
            ),
            "failing_step": step,
            "reason": reason,
            "expected": failing_now(shared, by_journey(shared, partial(expected, shared)), UNKNOWN),
            "hosts": reach.all_states(shared.hosts),
            **{name: linked(shared, name) for name in story.links(first)},
        },
    )


def failing_now(shared: Shared, inner: str, otherwise: str = "") -> str:
    """Say something of the first journey, by name, that fails at the shared step now."""
    failing = (
        max_by(
            compare(w.series(exported.FAILING, _steps(w, shared.name)), "==", number(1)), "journey", "step", "reason"
        )
        for w in shared.watches
    )
    return asked(_any(failing), first_of(inner, by="journey"), otherwise)


def by_journey(shared: Shared, words: Callable[[Watch], str]) -> str:
    """Write the words that belong to a journey."""
    parts = (f'if eq .Labels.journey "{w.journey.name}" }}}}{words(w)}' for w in shared.watches)
    return f"{{{{ {'{{ else '.join(parts)}{{{{ end }}}}"


def expected(shared: Shared, watch: Watch) -> str:
    """Say what a journey expects of the shared step."""
    return literal("; ".join(e for s in watch.journey.steps if s.shared == shared.name for e in story.expectations(s)))


def linked(shared: Shared, name: str) -> str:
    """Link the last failed run of a journey that fails at the shared step now, as that journey's own page does."""
    return failing_now(shared, by_journey(shared, lambda watch: story.links(watch).get(name, "")))


def _failed_within(watch: Watch, window: Duration) -> Expr:
    """Whether a journey has failed of late, at whatever step: one sample, where its counters would be a hundred."""
    ago = difference(time(), max_by(watch.series(exported.LAST_FAILURE), "journey"))
    return compare(ago, "<", number(ceil(exact(window, "second"))))


def _any(exprs: Iterator[Expr]) -> Expr:
    found = next(exprs)
    for expr in exprs:
        found = or_(found, expr)
    return found


def _step_failures(watch: Watch, shared: str) -> Expr:
    """Count the failures of a shared step in the last runs of one journey, whatever their reason."""
    failures = watch.series(exported.STEP_FAILURES, _steps(watch, shared))
    return sum_by(increase(failures, watch.last_runs), "journey")


def _steps(watch: Watch, shared: str) -> Matcher:
    steps = "|".join(s.name for s in watch.journey.steps if s.shared == shared)
    return Matcher("step", "=~" if "|" in steps else "=", steps)


def _about(window: Duration) -> str:
    """Say a window in whole minutes, or in seconds where it has not one."""
    whole = round(exact(window, "minute"))
    return duration_text(whole * minutes if whole else round(exact(window, "second")) * seconds)


def _where(shared: Shared) -> str:
    found = {
        f"{s.request.method} {urlsplit((s.request.target or w.journey.target).url).netloc}{s.request.path}"
        for w in shared.watches
        for s in w.journey.steps
        if s.shared == shared.name
    }
    return literal(" or ".join(sorted(found)))


def _list(watches: Sequence[Watch]) -> str:
    return _names([w.journey for w in watches])


def _names(journeys: Sequence[Journey]) -> str:
    found = sorted({j.name for j in journeys})
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _head(watch: Watch, alert: str, summary: str, description: str) -> dict[str, str]:
    return {
        "summary": summary,
        "description": description,
        "runbook_url": names.runbook_url(watch.service, alert),
        "dashboard_url": names.journeys_url(watch.service, watch.journey),
    }
