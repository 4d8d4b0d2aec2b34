"""What runner, canary controller, Blackbox and Prometheus export: names, types, labels, to hold panels against."""

from dataclasses import dataclass
from typing import Literal

from relrails.canary import names as canary
from relrails.probe import names as probe
from relrails.promql import Matcher, Selector
from relrails.render.grafana.runs import BLACKBOX_DURATION, BLACKBOX_PHASE

Type = Literal["counter", "gauge", "histogram"]
SCRAPED = {"job", "instance"}
"""The labels that a scrape adds to everything."""


@dataclass(frozen=True)
class Exported:
    """A metric that a program exports, and all labels that it sets."""

    name: str
    type: Type
    labels: frozenset[str]

    @property
    def series(self) -> dict[str, set[str]]:
        """The series that Prometheus has of it, each with its labels."""
        own = {*self.labels, *SCRAPED}
        if self.type == "histogram":
            return {f"{self.name}_bucket": own | {"le"}, f"{self.name}_count": own, f"{self.name}_sum": own}
        return {self.name: own}


def _of(name: str, kind: Type, *labels: str) -> Exported:
    return Exported(name, kind, frozenset(labels))


_JOURNEY = ("env", "journey")
EXPORTED = (
    _of(probe.SUCCESS, "gauge", *_JOURNEY),
    _of(probe.RUNS, "counter", *_JOURNEY, "outcome"),
    _of(probe.STEP_FAILURES, "counter", *_JOURNEY, "step", "reason"),
    _of(probe.FAILING, "gauge", *_JOURNEY, "step", "reason"),
    _of(probe.DURATION, "histogram", *_JOURNEY),
    _of(probe.STEP_DURATION, "histogram", *_JOURNEY, "step"),
    _of(probe.PHASE, "gauge", *_JOURNEY, "step", "phase"),
    _of(probe.LAST_RUN, "gauge", *_JOURNEY),
    _of(probe.LAST_SUCCESS, "gauge", *_JOURNEY),
    _of(probe.LAST_FAILURE, "gauge", *_JOURNEY),
    _of(probe.TRACE_PART, "gauge", *_JOURNEY, "part"),
    _of(probe.RETRIES, "counter", *_JOURNEY),
    _of(probe.RETRIES_SUPPRESSED, "counter", *_JOURNEY),
    _of(probe.LATENESS, "histogram", *_JOURNEY),
    _of(probe.INFO, "gauge", *_JOURNEY, "owner", "interval", "slo", "runbook", "config_hash"),
    _of(probe.EGRESS_OK, "gauge"),
    _of(probe.BUILD_INFO, "gauge", "version"),
    _of(BLACKBOX_DURATION, "gauge", *_JOURNEY),
    _of(BLACKBOX_PHASE, "gauge", *_JOURNEY, "phase"),
    _of(canary.INFO, "gauge", "service", "run", "artifact", "mode"),
    _of(canary.STATE, "gauge", "service", "state"),
    _of(canary.VERDICT, "gauge", "service", "verdict"),
    _of(canary.LOG_E_VALUE, "gauge", "service", "check", "test"),
    _of(canary.LOG_E_LIMIT, "gauge", "service", "check", "test"),
    _of(canary.LOOKS, "counter", "service"),
    _of(canary.VOID_LOOKS, "counter", "service"),
    _of(canary.LAST_LOOK, "gauge", "service"),
    _of(canary.ELAPSED, "gauge", "service"),
    _of(canary.SHARE, "gauge", "service"),
    _of(canary.ROLLBACK_FAILED, "gauge", "service"),
    _of(canary.NOT_RECOVERED, "gauge", "service"),
    _of(probe.CERTIFICATE_ENDS, "gauge", "env", "target", "check"),
    _of("up", "gauge"),
    _of("scrape_samples_scraped", "gauge"),
)
SERIES = {series: (metric, labels) for metric in EXPORTED for series, labels in metric.series.items()}

_CHECKED = SCRAPED | {"env", "target", "check"}
HOSTS = dict.fromkeys((probe.SUCCESS, probe.HTTP_STATUS, probe.CERTIFICATE_ENDS, probe.CHAIN_ENDS), _CHECKED)
"""What Blackbox exports of hosts: the scrape job tells it from what it exports of journeys."""


def of_hosts(selector: Selector) -> bool:
    """Whether a series is of the checks of hosts."""
    return Matcher("job", "=", probe.REACHABILITY_JOB) in selector.matchers and selector.metric in HOSTS
