"""What the rules have recorded of an SLO, as readings: present, without traffic, or missing and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from relrails.judge.canary.reason import Code
from relrails.judge.gate import Missing, Reading
from relrails.live.prometheus import Series
from relrails.live.prometheus.results import fresh
from relrails.rules import names
from relrails.rules.records import alert_windows
from relrails.service import Service
from relrails.slo import SLO
from relrails.units import Duration, exact

SLACK = 30
"""Seconds by which an evaluation may be late before what it records is stale."""
FRESH_SHORT = 2 * float(exact(names.SHORT_INTERVAL, "second")) + SLACK
FRESH_LONG = 2 * float(exact(names.LONG_INTERVAL, "second"))
_SHORT = frozenset({names.TOTAL, names.BAD, names.OBJECTIVE})

Group = tuple[str, ...]
"""The values of the labels in `by`; empty for an SLO without."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The series of one group of one SLO, by metric."""

    service: Service
    slo: SLO
    group: Group
    series: Mapping[str, tuple[Series, ...]]
    at: float

    def number(self, metric: str, *, short: bool) -> Reading:
        """Give the newest value; None where there is none."""
        found = self.series.get(metric, ())
        if not found:
            return None
        if len(found) > 1:
            some = " and ".join(one.name for one in found[:2])
            return Missing(Code.AMBIGUOUS_RESULT, f"{metric} is there {len(found)} times, such as {some}")
        point = fresh(found[0], self.at, FRESH_SHORT if short else FRESH_LONG)
        return Missing(Code.STALE_DATA, point.text) if not hasattr(point, "value") else point.value

    def ratio(self, window: Duration) -> Reading:
        """Give an error ratio; None only where it is sure that there was no traffic."""
        blind = self.blind()
        if blind is not None:
            return blind
        metric = names.error_ratio(window)
        found = self.number(metric, short=not names.is_long(window))
        if isinstance(found, float) or (isinstance(found, Missing) and found.code is not Code.STALE_DATA):
            return found
        # A ratio that ended is one without traffic since; that must show in the sums too.
        if self._idle(window):
            return None
        return Missing(Code.GATE_NO_DATA, f"there is traffic, but no {metric}")

    def blind(self) -> Missing | None:
        """Say why nothing can be said of this SLO at all; None where it can."""
        total, bad = self.number(names.TOTAL, short=True), self.number(names.BAD, short=True)
        if total is None:
            return Missing(
                Code.GATE_NO_DATA, f"{names.TOTAL} is not recorded: are the rules loaded, is anything scraped?"
            )
        if isinstance(total, Missing):
            return total
        # Without the bad events the ratios of longer windows go on, and sink.
        if total > 0 and bad is None:
            return Missing(Code.GATE_NO_DATA, f"there is traffic, but no {names.BAD}")
        if total > 0 and isinstance(bad, Missing):
            return bad
        return self._other_objective()

    def _other_objective(self) -> Missing | None:
        stated = self.number(names.OBJECTIVE, short=True)
        if stated is None:
            return Missing(Code.GATE_NO_DATA, f"{names.OBJECTIVE} is not recorded")
        if isinstance(stated, Missing):
            return stated
        if abs(stated - float(self.slo.goal)) > 1e-9:
            return Missing(
                Code.GATE_NO_DATA,
                f"Prometheus evaluates an objective of {stated:.15g}, the service file says {self.slo.goal}: "
                f"its rules are not those of this service file",
            )
        return None

    def _idle(self, window: Duration) -> bool:
        width = float(exact(window, "second"))
        (total,) = self.series[names.TOTAL]
        quiet = all(point.value == 0 for point in total.points if point.at > total.newest.at - width)
        shorter = (w for w in alert_windows(self.slo) if exact(w, "second") < exact(window, "second"))
        return quiet and not any(map(self._has, shorter))

    def _has(self, window: Duration) -> bool:
        return isinstance(self.number(names.error_ratio(window), short=not names.is_long(window)), float)


def groups(service: Service, slo: SLO, found: Iterable[Series], at: float) -> tuple[Recorded, ...]:
    """Part the series of an SLO by its groups; an SLO of which nothing is recorded is one group that says so."""
    own = [s for s in found if s.labels.get("service") == service.name and s.labels.get("slo") == slo.name]
    parted: dict[Group, dict[str, list[Series]]] = {}
    for series in own:
        metric = series.labels.get("__name__", "")
        if metric != names.OBJECTIVE:
            key = tuple(series.labels.get(label, "") for label in slo.by)
            parted.setdefault(key, {}).setdefault(metric, []).append(series)
    objective = tuple(s for s in own if s.labels.get("__name__") == names.OBJECTIVE)
    return tuple(
        Recorded(
            service,
            slo,
            group,
            {**{metric: tuple(many) for metric, many in by_metric.items()}, names.OBJECTIVE: objective},
            at,
        )
        for group, by_metric in sorted((parted or {tuple("" for _ in slo.by): {}}).items())
    )
