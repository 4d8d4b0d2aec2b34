"""One look: every question of a policy in one round, and what the answers come to as an observation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from relrails.judge.canary import Buckets, Code, Counts, Flaw, Observation, Reading, Runs
from relrails.live.canary import identity
from relrails.live.canary.counters import CounterError, Mark, Newborn, Risen, risen, target_of
from relrails.live.canary.runs import runs_of
from relrails.live.canary.sources import TRACKS, Events, Histogram, Journeys, Source, Sources, Track
from relrails.live.prometheus import Found, Instant, NoData, Reply, Result, Series, Unusable, only
from relrails.promql import Selector, text
from relrails.promql.ast import Range
from relrails.units import exact, seconds

SETTLE = 2.0
"""Seconds that a scrape may take: what is newer is left for the next look, for all counters of a target alike."""
SLACK = 30.0
REPLICAS = ("prometheus_replica", "replica", "__replica__")

Part = tuple[str, Track, str]
"""A check, a track, and what is counted: total, bad, good, buckets …"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What has been counted so far: the marks of each part, and until when each was read."""

    marks: Mapping[Part, Mapping[str, Mark]] = field(default_factory=dict)
    until: Mapping[Part, float] = field(default_factory=dict)
    at: float = 0
    """The end of the last look."""

    known: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    """The targets of each track of which anything was ever counted."""

    def targets(self, track: Track) -> frozenset[tuple[str, ...]]:
        """Give those of one track."""
        return self.known.get(track, frozenset())


class Look:
    """The questions of one look, ending at `at`, and the reading of their answers."""

    def __init__(self, sources: Sources, seen: Seen, at: float, scrape: float, step: float) -> None:
        self._sources, self._seen, self._at = sources, seen, at
        self._scrape, self._step = scrape, step
        self._asked: dict[Part, Instant] = {
            (source.check, track, part): self._raw(one, (source.check, track, part))
            for source in sources.checks
            for track in TRACKS
            for part, one in sources.parts(source, track).items()
        }
        self._present = {track: Instant(text(sources.present[track]), at) for track in TRACKS}
        self._alerts = None if sources.alerts is None else Instant(text(sources.alerts), at)
        self._says = None if sources.identity is None else self._saying(sources.identity)
        self._told: Mapping[Instant, Result] = {}
        self._marks: dict[Part, Mapping[str, Mark]] = dict(seen.marks)
        self._until: dict[Part, float] = dict(seen.until)
        self._targets: dict[str, frozenset[tuple[str, ...]]] = {track: seen.targets(track) for track in TRACKS}

    @property
    def queries(self) -> tuple[Instant, ...]:
        """Everything to ask, each question once."""
        more = [query for query in (self._alerts, self._says) if query is not None]
        return tuple(dict.fromkeys((*self._asked.values(), *self._present.values(), *more)))

    def _saying(self, of: Selector) -> Instant:
        """Ask what was said since the last look, so that nothing that ran in between is missed."""
        return Instant(text(Range(of, round(self._at - self._since + SLACK, 3) * seconds)), self._at)

    @property
    def _since(self) -> float:
        return self._seen.at or self._at - self._step

    def _raw(self, of: Selector, part: Part) -> Instant:
        """Ask for all raw samples since the part was last read, and two scrapes more for the sample before."""
        back = self._at - self._seen.until.get(part, self._at - self._step)
        window = back + 2 * self._scrape + SLACK
        if part[2] == "results":
            window = max(window, 12 * self._longest_run())
        return Instant(text(Range(of, round(window, 3) * seconds)), self._at)

    def _longest_run(self) -> float:
        every = [
            float(exact(journey.every, "second"))
            for source in self._sources.checks
            if isinstance(source, Journeys)
            for journey in source.journeys
        ]
        return max(every, default=0.0)

    def read(
        self, replies: Sequence[Reply], look: int, elapsed: float, share: float | None
    ) -> tuple[Observation, Seen]:
        """Make an observation of the answers, and what has been counted after it."""
        self._told = {reply.query: reply.result for reply in replies if isinstance(reply.query, Instant)}
        readings: dict[str, Reading] = {}
        flaws: list[Flaw] = []
        for source in self._sources.checks:
            tracks: dict[Track, Counts | Buckets | Runs | None] = {}
            for track in TRACKS:
                found = self._track(source, track)
                if isinstance(found, Flaw):
                    flaws.append(found)
                else:
                    tracks[track] = found
            if len(tracks) == len(TRACKS):
                readings[source.check] = Reading(canary=tracks["canary"], stable=tracks["stable"])
        artifact, unclear = self._identity(look)
        flaws += [unclear] if unclear is not None else []
        observation = Observation(
            look=look,
            at=self._at,
            elapsed=elapsed,
            seconds=self._at - self._since,
            canary_series=self._count("canary"),
            stable_series=self._count("stable"),
            readings=readings,
            alerts=self._firing(),
            flaws=tuple(flaws),
            share=share,
            artifact=artifact,
        )
        seen = Seen(marks=self._marks, until=self._until, at=self._at, known=self._targets)
        return observation, seen

    def _track(self, source: Source, track: Track) -> Counts | Buckets | Runs | Flaw | None:
        found: dict[str, tuple[Risen, ...]] = {}
        for part in self._sources.parts(source, track):
            key: Part = (source.check, track, part)
            result = self._result(self._asked[key])
            if isinstance(result, Unusable) and not isinstance(result, NoData):
                return Flaw(code=Code(result.code), text=f"{track} {part}: {result.text}", check=source.check)
            series = result.series if isinstance(result, Found) else ()
            if part == "results":
                found[part] = ()
                continue
            if _replicas(series):
                text = f"{track} {part}: several replicas answer as one; choose one with --match, or deduplicate"
                return Flaw(code=Code.AMBIGUOUS_RESULT, text=text, check=source.check)
            old = self._at - max((one.newest.at for one in series), default=self._at)
            if old > 2 * self._scrape + SLACK:
                return Flaw(
                    code=Code.STALE_DATA, text=f"{track} {part}: the newest is {old:.0f} s old", check=source.check
                )
            try:
                found[part] = self._risen(key, series, track)
            except CounterError as error:
                return Flaw(code=Code.AMBIGUOUS_RESULT, text=str(error), check=source.check)
        return self._made(source, track, found)

    def _risen(self, key: Part, series: Iterable[Series], track: Track) -> tuple[Risen, ...]:
        known: Iterable[tuple[str, ...]] = self._seen.targets(track)
        newborn: Newborn = "count" if track == "canary" else "skip"
        rises, marks = risen(series, self._seen.marks.get(key), newborn, known)
        self._marks[key], self._until[key] = marks, self._at
        self._targets[track] = self._targets[track] | {target_of(one.labels) for one in series}
        return rises

    def _made(
        self, source: Source, track: Track, found: Mapping[str, tuple[Risen, ...]]
    ) -> Counts | Buckets | Runs | Flaw | None:
        match source:
            case Events():
                return _counts(found)
            case Histogram():
                return _buckets(source, found["buckets"])
            case Journeys():
                results = self._result(self._asked[(source.check, track, "results")])
                shown = results.series if isinstance(results, Found) else ()
                return runs_of(source, found, shown, self._since, self._at)

    def _result(self, query: Instant) -> Result:
        return self._told.get(query, Unusable("it was not asked"))

    def _identity(self, look: int) -> tuple[str, Flaw | None]:
        declared = self._sources.policy.identity
        if declared is None or self._says is None:
            return "", None
        # What was scraped just before the run began may still be of the artifact before this one.
        since = self._since + SETTLE if look <= 1 else self._since
        return identity.said(declared, self._result(self._says), since)

    def _count(self, track: Track) -> int | None:
        result = self._result(self._present[track])
        if isinstance(result, NoData):
            return 0
        one = only(result)
        return None if isinstance(one, Unusable) else int(one.newest.value)

    def _firing(self) -> tuple[str, ...] | None:
        if self._alerts is None:
            return ()
        result = self._result(self._alerts)
        if isinstance(result, NoData):
            return ()
        if isinstance(result, Unusable) or any(s.labels.get("__name__") != "ALERTS" for s in result.series):
            return None
        return tuple(sorted({series.labels.get("alertname", "") for series in result.series}))


def _replicas(series: Iterable[Series]) -> bool:
    """Tell whether what is counted is there more than once, under the labels by which Thanos and Mimir tell copies."""
    return any(len({s.labels[label] for s in series if label in s.labels}) > 1 for label in REPLICAS)


def _counts(found: Mapping[str, tuple[Risen, ...]]) -> Counts | None:
    if not found["total"]:
        return None
    total = sum(one.amount for one in found["total"])
    if "good" in found:
        bad = max(0.0, total - sum(one.amount for one in found["good"]))
    else:
        bad = sum(one.amount for one in found["bad"])
    return Counts(total=total, bad=bad)


def _buckets(source: Histogram, found: Iterable[Risen]) -> Buckets | Flaw | None:
    by_bound: dict[float, float] = {}
    for bound, amount in _bounded(found):
        by_bound[bound] = by_bound.get(bound, 0.0) + amount
    if not by_bound:
        return None
    missing = [bound for bound in (*source.bounds, float("inf")) if bound not in by_bound]
    if missing:
        return Flaw(
            code=Code.HISTOGRAM_RESOLUTION, text=f"there is no bucket up to {missing[0]:g} s", check=source.check
        )
    return Buckets(total=by_bound[float("inf")], within=tuple(by_bound[bound] for bound in source.bounds))


def _bounded(found: Iterable[Risen]) -> Iterator[tuple[float, float]]:
    for one in found:
        try:
            yield float(one.labels.get("le", "")), one.amount
        except ValueError:
            continue
