"""Proof of what comes in: counted by endpoint, shared between probes and customers, ranked by how slow it is.

Counters are played that rise evenly, so that what the rules must give is a product of two numbers, and a p95 lies where
a straight line through its bucket puts it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import ceil

from relrails.promql import Matcher, Selector, text
from relrails.prove.scene import about
from relrails.prove.values import Case, Holds, ProofFile
from relrails.rules import names
from relrails.rules.traffic import OTHERS, traffic_group
from relrails.service import Service
from relrails.sli.traffic import Series, apart, decoys, instances, labels_of, series
from relrails.traffic import Traffic
from relrails.units import exact

ANY_PROMTOOL = (2, 42)
EVERY = 5
END = 30
WINDOW = 300
BASE = 10**6
"""What counters stand at when a case begins: far from zero, towards which rates are not extrapolated."""
BUCKETS = (Fraction(1, 2), Fraction(1), Fraction(60))


def traffic_proof(service: Service) -> ProofFile | None:
    """Give the proof of what comes in; None where a service does not declare it, or its matchers cannot be played."""
    group, traffic = traffic_group(service), service.traffic
    if group is None or traffic is None:
        return None
    road = Road(service, traffic)
    if not road.playable:
        return None
    return ProofFile(
        path=f"prometheus/tests/{group.name}.yml",
        rule_file=f"../rules/{group.name}.yml",
        every=EVERY,
        needs=ANY_PROMTOOL,
        groups=(group.name,),
        cases=(*_volume(road), *_shares(road), *_slowest(road)),
    )


UNPROVED = "no series that its matchers select could be made up: nothing was proved"


def traffic_sentence(proof: ProofFile | None) -> str:
    """Say what the proof promises."""
    if proof is None:
        return UNPROVED
    return "requests are counted by endpoint, probes apart, and no endpoint with few requests is among the slowest"


@dataclass(frozen=True, slots=True)
class Road:
    """The endpoints of one service, as the proofs see them."""

    service: Service
    traffic: Traffic

    @property
    def scrape(self) -> int:
        """Seconds between two samples."""
        return int(exact(self.service.scrape_interval, "second"))

    @property
    def playable(self) -> bool:
        """Whether values are known that the matchers take and refuse."""
        read = (self.traffic.requests, self.traffic.probes, self.traffic.durations)
        return bool(self._unlike()) and all(labels_of(m.matchers) or not m.matchers for m in read)

    def scrapes(self, minutes: int) -> int:
        """Count the scrapes in so many minutes."""
        return minutes * 60 // self.scrape

    def rising(self, step: int) -> str:
        """Write a counter that rises by `step` with each scrape."""
        return f"{BASE}+{step}x{self.scrapes(END)}"

    def customers(self, route: str, notation: str) -> tuple[Series, ...]:
        """Play requests of customers on one instance."""
        labels = {**self._unlike()[0], self.traffic.route: route}
        where = apart(self.traffic.probes.matchers, {self.traffic.route: route})
        return (series(self.traffic.requests.name, {**labels, where: "a:80"}, notation),)

    def probes(self, route: str, notation: str) -> tuple[Series, ...]:
        """Play requests of probes on two instances."""
        where = instances(self.traffic.probes.matchers, {self.traffic.route: route})
        return tuple(series(self.traffic.probes.name, labels, notation) for labels in where)

    def others(self, route: str, notation: str) -> tuple[Series, ...]:
        """Play requests that are not ours, and another service's recorded ones."""
        labels = {**self._unlike()[0], self.traffic.route: route}
        requests = self.traffic.requests
        recorded = (names.TRAFFIC_REQUESTS, names.TRAFFIC_PROBES)
        return (
            *decoys(requests.name, requests.matchers, {**labels, "instance": "a:80"}, notation),
            *(series(name, {"service": "decoy", self.traffic.route: route}, notation) for name in recorded),
        )

    def answers(self, route: str, within: tuple[str, str, str], count: str) -> tuple[Series, ...]:
        """Play a histogram: how many answers came within each of the bounds, and how many in all."""
        (labels, *_) = instances(self.traffic.durations.matchers, {self.traffic.route: route})
        name = self.traffic.durations.name
        bounds = (*(f"{float(bound)}" for bound in BUCKETS), "+Inf")
        buckets = zip(bounds, (*within, count), strict=True)
        return (
            *(series(f"{name}_bucket", {**labels, "le": le}, notation) for le, notation in buckets),
            series(f"{name}_count", labels, count),
            *decoys(f"{name}_bucket", self.traffic.durations.matchers, {**labels, "le": "+Inf"}, count),
            *decoys(f"{name}_count", self.traffic.durations.matchers, labels, count),
        )

    def evenly(self, route: str, quick: int, all_: int) -> tuple[Series, ...]:
        """Play answers that come with each scrape: `quick` of them in the first bucket, all others in the second."""
        whole = self.rising(all_)
        return self.answers(route, (self.rising(quick), whole, whole), whole)

    def query(self, metric: str, route: str | None = None) -> str:
        """Select what is recorded of this service."""
        labels = {"service": self.service.name} | ({} if route is None else {self.traffic.route: route})
        return text(Selector(metric, tuple(Matcher(k, "=", v) for k, v in labels.items())))

    def holds(self, metric: str, value: Fraction, route: str | None = None, minute: int = END) -> Holds:
        """Expect a recorded value, to a thousandth."""
        return Holds(minute, about(self.query(metric, route), value))

    def none(self, metric: str, route: str | None = None, minute: int = END) -> Holds:
        """Expect no series, not even one that is not a number."""
        return Holds(minute, self.query(metric, route), gives=False)

    def _unlike(self) -> tuple[dict[str, str], ...]:
        of_probes = tuple(m for m in self.traffic.probes.matchers if m not in self.traffic.requests.matchers)
        return labels_of(self.traffic.requests.matchers, unlike=of_probes)


def _volume(road: Road) -> Iterator[Case]:
    case = partial(Case, interval=road.scrape)
    pace, top = Fraction(1, road.scrape), road.traffic.top
    yield case(
        name="requests are counted by endpoint on all instances, those of probes among them, and no other job's",
        series=(
            *road.customers("/a", road.rising(30)),
            *road.probes("/a", road.rising(5)),
            *road.customers("/b", road.rising(8)),
            *road.others("/a", road.rising(70)),
        ),
        holds=(
            road.holds(names.TRAFFIC_REQUESTS, 40 * pace, "/a"),
            road.holds(names.TRAFFIC_REQUESTS, 8 * pace, "/b"),
            road.holds(names.TRAFFIC_PROBES, 10 * pace),
            road.holds(names.TRAFFIC_PROBE_SHARE, Fraction(10, 48)),
            road.holds(names.TRAFFIC_TOP, 40 * pace, "/a"),
            road.none(names.TRAFFIC_TOP, OTHERS),
            road.none(names.TRAFFIC_SLOWEST),
        ),
    )
    yield case(
        name=f"the {top} endpoints with most requests are kept apart, and all others are one",
        series=tuple(s for n in range(top + 3) for s in road.customers(f"/{n:03}", road.rising(n + 1))),
        holds=(
            Holds(END, f"count({road.query(names.TRAFFIC_TOP)}) == bool {top + 1}"),
            road.holds(names.TRAFFIC_TOP, (1 + 2 + 3) * pace, OTHERS),
            road.holds(names.TRAFFIC_TOP, 4 * pace, "/003"),
            road.none(names.TRAFFIC_TOP, "/002"),
        ),
    )
    before, left = road.scrapes(END - 2), road.scrapes(2)
    yield case(
        name="a restart of the exporter takes nothing away and adds nothing",
        series=road.customers("/a", f"{BASE}+5x{before - 1} 5+5x{left}"),
        holds=(road.holds(names.TRAFFIC_REQUESTS, 5 * pace, "/a"),),
    )
    late, seen = END - 8, 3
    yield case(
        name="a new endpoint counts from its second scrape on, and changes no other",
        series=(
            *road.customers("/a", road.rising(5)),
            *road.customers("/new", f"_x{road.scrapes(late)} 0+3x{road.scrapes(END - late)}"),
        ),
        holds=(
            road.none(names.TRAFFIC_REQUESTS, "/new", minute=late - 2),
            road.holds(names.TRAFFIC_REQUESTS, Fraction(3 * road.scrapes(seen), WINDOW), "/new", minute=late + seen),
            road.holds(names.TRAFFIC_REQUESTS, 3 * pace, "/new"),
            road.holds(names.TRAFFIC_REQUESTS, 5 * pace, "/a", minute=late + seen),
        ),
    )


def _shares(road: Road) -> Iterator[Case]:
    case = partial(Case, interval=road.scrape)
    pace = Fraction(1, road.scrape)
    customers, probes = road.customers("/a", road.rising(30)), road.probes("/a", road.rising(5))
    yield case(
        name="where no probe has ever called, their share is nothing, and that is a number",
        series=customers,
        holds=(road.holds(names.TRAFFIC_PROBES, Fraction(0)), road.holds(names.TRAFFIC_PROBE_SHARE, Fraction(0))),
    )
    yield case(
        name="where only probes call, all of it is theirs",
        series=probes,
        holds=(
            road.holds(names.TRAFFIC_REQUESTS, 10 * pace, "/a"),
            road.holds(names.TRAFFIC_PROBE_SHARE, Fraction(1)),
        ),
    )
    yield case(
        name="where nobody calls, there is no share, rather than one that is not a number",
        series=(*road.customers("/a", road.rising(0)), *road.probes("/a", road.rising(0)), *road.evenly("/a", 0, 0)),
        holds=(
            road.holds(names.TRAFFIC_REQUESTS, Fraction(0), "/a"),
            road.none(names.TRAFFIC_PROBE_SHARE),
            road.none(names.TRAFFIC_SLOWEST),
        ),
    )
    yield case(
        name="a counter that is missing is not a counter that stands at zero",
        series=road.evenly("/a", 0, _enough(road)),
        holds=(
            *(road.none(metric) for metric in (names.TRAFFIC_REQUESTS, names.TRAFFIC_TOP)),
            *(road.none(metric) for metric in (names.TRAFFIC_PROBES, names.TRAFFIC_PROBE_SHARE)),
            road.holds(names.TRAFFIC_SLOWEST, Fraction(39, 40), "/a"),
        ),
    )
    until = road.scrapes(END - 2 * EVERY)
    gone = f"{BASE}+{_enough(road)}x{until} stale"
    yield case(
        name="an exporter that is dead says nothing, not that nobody calls",
        series=(*road.customers("/a", gone), *road.answers("/a", (gone, gone, gone), gone)),
        holds=(
            *(road.none(metric) for metric in (names.TRAFFIC_REQUESTS, names.TRAFFIC_PROBES)),
            *(road.none(metric) for metric in (names.TRAFFIC_PROBE_SHARE, names.TRAFFIC_SLOWEST)),
        ),
    )


def _slowest(road: Road) -> Iterator[Case]:
    case = partial(Case, interval=road.scrape)
    least, top = road.traffic.minimum_requests, road.traffic.top
    enough = _enough(road)
    yield case(
        name="an endpoint that few call is not among the slowest, however slow it is",
        series=(
            *road.evenly("/busy", 0, enough),
            *road.answers("/enough", *_slow(road, least)),
            *road.answers("/quiet", *_slow(road, least * 9 // 10)),
        ),
        holds=(
            # The p95 of the second bucket, half a second wide, lies 95 hundredths into it.
            road.holds(names.TRAFFIC_SLOWEST, Fraction(39, 40), "/busy"),
            road.holds(names.TRAFFIC_SLOWEST, 1 + 59 * Fraction(95, 100), "/enough"),
            road.none(names.TRAFFIC_SLOWEST, "/quiet"),
        ),
    )
    share = 2 * (top + 3)
    yield case(
        name=f"the {top} slowest endpoints are kept, and each is as slow as 95 of 100 of its answers",
        series=tuple(s for n in range(top + 3) for s in road.evenly(f"/{n:03}", n * enough, share * enough)),
        holds=(
            Holds(END, f"count({road.query(names.TRAFFIC_SLOWEST)}) == bool {top}"),
            *(
                road.holds(names.TRAFFIC_SLOWEST, _p95(Fraction(n, share)), f"/{n:03}")
                for n in dict.fromkeys((0, top - 1))
            ),
            road.none(names.TRAFFIC_SLOWEST, f"/{top:03}"),
        ),
    )


def _enough(road: Road) -> int:
    """Give answers with each scrape that are more than enough."""
    return ceil(Fraction(2 * road.traffic.minimum_requests * road.scrape, WINDOW))


def _once(road: Road, many: int) -> str:
    """Write so many answers, all between two scrapes in the middle of the last window."""
    before = road.scrapes(END) - road.scrapes(EVERY) // 2
    return f"{BASE}x{before - 1} {BASE + many}x{road.scrapes(END)}"


def _slow(road: Road, many: int) -> tuple[tuple[str, str, str], str]:
    """Play answers that all take most of a minute."""
    none = _once(road, 0)
    return (none, none, _once(road, many)), _once(road, many)


def _p95(quick: Fraction) -> Fraction:
    """Where the p95 lies when `quick` of the answers are in the first bucket, and the rest in the second."""
    first, second, _ = BUCKETS
    return first + (second - first) * (Fraction(95, 100) - quick) / (1 - quick)
