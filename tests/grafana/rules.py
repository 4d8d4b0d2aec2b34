"""What the rules of the same build record and alert on, to hold panels against."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields

from grafana.exported import HOSTS, SERIES, of_hosts
from relrails.metric import Histogram, Metric
from relrails.probe import names as probe
from relrails.promql import Matcher, Selector
from relrails.rules import AlertingRule, RecordingRule, rule_groups, traffic_group
from relrails.rules.budgets import budget_groups
from relrails.service import Service

Labels = dict[str, str]


class Build:
    """The series that one build gives: recorded ones and alerts with their labels, and the declared metrics."""

    def __init__(self, services: Sequence[Service]) -> None:
        """Collect them once."""
        self.series: dict[str, list[Labels]] = defaultdict(list)
        self.declared: set[str] = set()
        self.journeys = {journey.name for service in services for journey in service.journeys}
        self.jobs = {probe.JOB, probe.BLACKBOX_JOB}
        for service in services:
            for slo in service.promises:
                for group in rule_groups(service, slo):
                    self._take(group.rules)
                self._declare(slo.sli.metrics())
            traffic = traffic_group(service)
            self._take(traffic.rules if traffic else ())
            for budget in service.budgets:
                for group in budget_groups(service, budget):
                    self._take(group.rules)
                self._declare(m for m in (getattr(budget, f.name) for f in fields(budget)) if isinstance(m, Metric))

    def _declare(self, metrics: Iterable[Metric]) -> None:
        for metric in metrics:
            self.jobs |= {m.value for m in metric.matchers if m.label == "job"}
            classic = isinstance(metric, Histogram) and not metric.native
            parts = ("_bucket", "_count", "_sum") if classic else ("",)
            self.declared.update(f"{metric.name}{part}" for part in parts)

    def _runs(self, matcher: Matcher) -> bool:
        """Tell whether a matcher takes a journey, a job or an outcome that there is; other labels take anything."""
        known: dict[str, set[str]] = {"journey": self.journeys, "job": self.jobs, "outcome": set(probe.OUTCOMES)}
        if matcher.label not in known or (matcher.label == "journey" and matcher.op == "=~"):
            return True
        asked = set(matcher.value.split("|") if matcher.op == "=~" else [matcher.value])
        return asked <= known[matcher.label]

    def _take(self, rules: Iterable[RecordingRule | AlertingRule]) -> None:
        for rule in rules:
            match rule:
                case RecordingRule(record=record, labels=labels):
                    self.series[record].append(labels)
                case AlertingRule(alert=alert, labels=labels):
                    self.series["ALERTS"].append({"alertname": alert, **labels})

    def gives(self, selector: Selector) -> bool:
        """Tell whether anything in this build can give the series that a panel selects."""
        asked = [m for m in selector.matchers if m.label not in {"env", "alertstate"}]
        if selector.metric in self.series:
            return any(all(_meets(labels, m) for m in asked) for labels in self.series[selector.metric])
        if of_hosts(selector):
            return bool(self.journeys) and {m.label for m in selector.matchers} <= HOSTS[selector.metric]
        if selector.metric in SERIES:
            _, labels = SERIES[selector.metric]
            return {m.label for m in selector.matchers} <= labels and all(self._runs(m) for m in asked)
        return selector.metric in self.declared


def _meets(labels: Labels, matcher: Matcher) -> bool:
    value = labels.get(matcher.label, "")
    among = re.fullmatch(matcher.value, value) is not None if "~" in matcher.op else value == matcher.value
    return among is not matcher.op.startswith("!")
