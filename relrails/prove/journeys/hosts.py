"""Proof of the alerts about hosts: what is out of reach, what nobody looks at, and certificates that run out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from relrails.judge import paging
from relrails.judge.paging import MINUTE, Paging
from relrails.probe import names as exported
from relrails.probe.host import CHECKS, EVERY, Check, Host
from relrails.promql import Matcher, Selector, text
from relrails.prove.expected import Fields
from relrails.prove.journeys import said
from relrails.prove.values import Case, Fired, Holds
from relrails.rules import AlertingRule, RuleGroup, names
from relrails.rules.journeys import reach
from relrails.rules.journeys.hosts import FAILED, FAILURES, OF, UNSEEN_FOR, Watched, answer, missing
from relrails.rules.journeys.pages import KEEP
from relrails.sli.traffic import Series, gauge, series
from relrails.units import exact

PROBED = int(exact(EVERY, "second"))
CALM = 8
"""Minutes in which all is well before something happens."""
Results = list[str]
"""What a check finds at each minute: `1`, `0`, or `_` where nothing is scraped."""


@dataclass(frozen=True, slots=True)
class Site:
    """A host among all others, and the rules about them."""

    of: Watched
    groups: tuple[RuleGroup, ...]
    all: tuple[Watched, ...]

    @property
    def name(self) -> str:
        """Name it as the proofs do."""
        return f"{self.of.host.name} in {self.of.host.env}"

    def rule(self, alert: str, severity: str = "ticket") -> AlertingRule:
        """Find a rule of the host."""
        host = self.of.host
        return said.rule_of(self.groups, alert, env=host.env, target=host.name, severity=severity)

    def labels(self, check: Check) -> dict[str, str]:
        """Give the labels of the series of a check."""
        return labels_of(self.of.host, check)

    def stands(self, alert: str, severity: str = "ticket") -> str:
        """Ask whether an alert of the host fires."""
        return f"sum({self.firing(alert, severity)})"

    def firing(self, alert: str, severity: str = "ticket") -> str:
        """Select an alert of the host while it fires."""
        labels = {
            "alertname": alert,
            "alertstate": "firing",
            "env": self.of.host.env,
            "target": self.of.host.name,
            "severity": severity,
        }
        return text(Selector("ALERTS", tuple(Matcher(k, "=", v) for k, v in labels.items())))

    def probed(self, answers: Results, connects: Results) -> tuple[Series, ...]:
        """Play both checks of the host, beside those of others that do the opposite."""
        made = (
            *(
                series(exported.SUCCESS, self.labels(c), gauge(r))
                for c, r in zip(CHECKS, (answers, connects), strict=True)
            ),
            series(exported.HTTP_STATUS, self.labels("answers"), gauge([STATUS[r] for r in answers])),
        )
        return (*made, *others(made, {"1": "0", "0": "1"}))


def labels_of(host: Host, check: Check) -> dict[str, str]:
    """Give the labels of the series of a check of a host, as it is scraped."""
    return {
        "job": exported.REACHABILITY_JOB,
        "instance": host.address(check),
        "env": host.env,
        "target": host.name,
        "check": check,
    }


STATUS = {"1": "200", "0": "502", "_": "_"}


def others(made: tuple[Series, ...], swapped: dict[str, str]) -> tuple[Series, ...]:
    """The same of another host, another environment and another job: what they do is not this one's."""
    elsewhere = ({"target": "decoy"}, {"env": "elsewhere"}, {"job": "decoy"})
    return tuple(
        chain.from_iterable(
            (series(s.metric, {**dict(s.labels), **other}, _swapped(s.values, swapped)) for s in made)
            for other in elsewhere
        )
    )


def _swapped(notation: str, values: dict[str, str]) -> str:
    parts = (part.partition("x") for part in notation.split())
    return " ".join(f"{values.get(value, value)}{x}{times}" for value, x, times in parts)


def reachability(site: Site) -> Iterator[Case]:
    """Give the proofs of what can be reached, and of what nobody looks at."""
    yield _healthy(site)
    yield from _outages(site)
    yield _recovered(site)
    yield _lost(site)
    yield _one_less(site)
    yield _restart(site)
    yield from _unseen(site)


def _case(site: Site, what: str, results: tuple[Results, Results], fired: list[Fired], *holds: Holds) -> Case:
    played = (*site.probed(*results), *_well(site, len(results[0])))
    return Case(name=f"{site.name} {what}", interval=PROBED, series=played, fired=tuple(fired), holds=holds)


def _well(site: Site, minutes: int) -> Iterator[Series]:
    """Play all other hosts, to which nothing happens."""
    for other in site.all:
        for check in CHECKS if other != site.of else ():
            yield series(exported.SUCCESS, labels_of(other.host, check), gauge(["1"] * minutes))


def _quiet(site: Site, what: str, results: tuple[Results, Results], *alerts: str) -> Case:
    """Nobody is told, at no minute of the whole case."""
    end = len(results[0]) - 1
    ever = (f"count_over_time({site.firing(alert)}[{end}m])" for alert in alerts)
    return Case(
        name=f"{site.name} {what}",
        interval=PROBED,
        series=site.probed(*results),
        holds=tuple(Holds(end, query, gives=False) for query in ever),
    )


def _healthy(site: Site) -> Case:
    well = ["1"] * 30
    return _quiet(site, "that can be reached is nobody's work", (well, well), names.HOST_UNREACHABLE, names.HOST_UNSEEN)


def _outages(site: Site) -> Iterator[Case]:
    """What fails decides what is said, not when."""
    lasts = FAILURES + 4
    for what, answers, connects, state in (
        ("that takes no connection", "0", "0", "closed"),
        ("that takes connections and has no live server", "0", "1", "silent"),
    ):
        results = tuple(_from(CALM, ["1"], [bad] * lasts) for bad in (answers, connects))
        begins = paging.first(_due(results[0]))
        if begins is None:
            raise ValueError(f"a hard outage of {site.name} is told to nobody")
        fields = _unreachable(site, FAILURES, "status 502", state)
        yield _case(
            site,
            f"{what} is a ticket when {FAILURES} probes have failed, and says how far one gets",
            (results[0], results[1]),
            [Fired(begins - 1, names.HOST_UNREACHABLE), Fired(begins, names.HOST_UNREACHABLE, (fields,))],
        )


def _recovered(site: Site) -> Case:
    """The ticket stays while it flaps, and ends a while after."""
    results = _from(CALM, ["1"], ["0"] * FAILURES, ["1"] * 2, ["0"] * FAILURES, ["1"] * 20)
    stands = paging.standing(_due(results), _paging().keep)
    begins, ends = paging.first(stands), paging.last(stands)
    if begins is None or ends is None or ends + 1 >= len(results):
        raise ValueError(f"an outage of {site.name} must begin and end")
    well = ["1"] * len(results)
    whole = f"{site.firing(names.HOST_UNREACHABLE)}[{ends - begins}m1s:1m]"
    return _case(
        site,
        "that comes and goes is one ticket, and no more when it has come to stay",
        (well, results),
        [Fired(begins - 1, names.HOST_UNREACHABLE), Fired(ends + 1, names.HOST_UNREACHABLE)],
        Holds(ends, f"sum(count_over_time({whole})) == bool {ends - begins + 1}"),
    )


def _lost(site: Site) -> Case:
    results = _from(CALM, ["1"], ["0"], ["1"] * 20)
    return _quiet(site, "may lose one probe, and nobody is told", (results, results), names.HOST_UNREACHABLE)


def _one_less(site: Site) -> Case:
    pattern = ["0"] * (FAILURES - 1) + ["1"] * (OF - FAILURES + 1)
    results = _from(1, ["1"], pattern * 5)
    what = f"may lose {FAILURES - 1} of every {OF} probes, and nobody is told"
    return _quiet(site, what, (results, results), names.HOST_UNREACHABLE)


def _restart(site: Site) -> Case:
    """Blackbox is away for less time than it takes to tell; what failed before it went is not counted twice."""
    away = ["_"] * (_unseen_minutes() - 1)
    results = _from(CALM, ["1"], ["0"] * (FAILURES - 1), away, ["1"] * 10)
    what = "is not blamed for a Blackbox Exporter that is started again"
    return _quiet(site, what, (results, results), names.HOST_UNREACHABLE, names.HOST_UNSEEN)


def _unseen(site: Site) -> Iterator[Case]:
    wait = _unseen_minutes()
    well, gone = ["1"] * (CALM + wait + 4), _from(CALM, ["1"], ["_"] * (wait + 4))
    never = ["_"] * len(well)
    for what, results, since, lacks in (
        ("whose Blackbox Exporter is gone", (gone, gone), CALM, "answers or takes connections"),
        ("that was never scraped", (never, never), 0, "answers or takes connections"),
        ("whose connections nobody tries any more", (well, gone), CALM, "takes connections"),
        ("that nobody asks for an answer", (never, well), 0, "answers"),
    ):
        fields = said.plainly(site.rule(names.HOST_UNSEEN), **{missing(site.of): lacks})
        yield _case(
            site,
            f"{what} is a ticket after {wait} min, and not a silence",
            results,
            [Fired(since + wait - 1, names.HOST_UNSEEN), Fired(since + wait, names.HOST_UNSEEN, (fields,))],
        )


def _unreachable(site: Site, failed: int, answered: str, state: str) -> Fields:
    return said.plainly(
        site.rule(names.HOST_UNREACHABLE),
        **{
            answer(site.of): answered,
            reach.state(site.of.host): reach.states(site.of.host)[state],
            FAILED: str(failed),
        },
    )


def _due(results: Results) -> list[bool]:
    """Tell for each minute whether enough of the last probes failed."""
    failed = [minute * MINUTE for minute, result in enumerate(results) if result == "0"]
    return [_paging().fails(failed, minute * MINUTE) for minute in range(len(results))]


def _paging() -> Paging:
    return Paging(FAILURES, OF, PROBED, PROBED, int(exact(KEEP, "second")))


def _from(calm: int, *parts: Results) -> Results:
    """Begin with so much of the first part, and go on with the others."""
    return [*(parts[0] * calm), *chain.from_iterable(parts[1:])]


def _unseen_minutes() -> int:
    return int(exact(UNSEEN_FOR, "minute"))
