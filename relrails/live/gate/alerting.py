"""Which alerts fire, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass

from relrails.judge.gate import AlertFacts
from relrails.live.gate.asking import ALERTS, SINCE
from relrails.live.prometheus import Found, Result, Series
from relrails.live.prometheus.results import WrongShape
from relrails.rules import names
from relrails.service import Service

BLIND = frozenset({names.EXPORTER_DOWN, names.METRIC_MISSING})
"""Alerts that say that something cannot be seen; they count from their first minute on, before they fire."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts of a service; `begun` holds the labels of each with the moment in which it began."""

    firing: tuple[AlertFacts, ...]
    begun: tuple[tuple[Mapping[str, str], float], ...]

    def since(self, alert: str, **labels: str) -> float | None:
        """Give since when an alert is active, the earliest of those with such labels."""
        wanted = {"alertname": alert, **labels}
        return min((at for own, at in self.begun if wanted.items() <= own.items()), default=None)


def only_alerts(service: Service, result: Result) -> Result:
    """Refuse what is no alert of the service: as no alerts are good news, an answer to something else would be too."""
    for series in result.series if isinstance(result, Found) else ():
        labels = series.labels
        if labels.get("__name__") not in {ALERTS, SINCE} or labels.get("service") != service.name:
            return WrongShape(f"{series.name} is no alert of {service.name}")
    return result


def alerting(result: Result) -> Alerts:
    """Read the alerts; of a question without an answer the judge hears elsewhere."""
    if not isinstance(result, Found):
        return Alerts((), ())
    begun = tuple((_own(s), s.newest.value) for s in result.series if s.labels.get("__name__") == SINCE)
    firing = [_fact(s, begun) for s in result.series if s.labels.get("__name__") == ALERTS and _counts(s)]
    return Alerts(tuple(sorted(set(firing), key=lambda a: (a.name, a.subject, a.severity, a.since or 0))), begun)


def _counts(series: Series) -> bool:
    name, state = series.labels.get("alertname"), series.labels.get("alertstate")
    return state == "firing" or name in BLIND


def _fact(series: Series, begun: tuple[tuple[Mapping[str, str], float], ...]) -> AlertFacts:
    labels = series.labels
    own = _own(series)
    name = labels.get("alertname", "")
    slo, journey, host = (labels.get(label, "") for label in ("slo", "journey", "target"))
    others = f"journey {journey}" if journey else f"host {host}" if host else ""
    return AlertFacts(
        name=name,
        severity=labels.get("severity", ""),
        subject=slo or others,
        since=min((at for other, at in begun if other == own), default=None),
        blind=name in BLIND,
    )


def _own(series: Series) -> dict[str, str]:
    return {k: v for k, v in series.labels.items() if k not in {"__name__", "alertstate"}}
