"""What the rules of the same build record and alert on, to hold panels against."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from relrails.metric import Histogram
from relrails.promql import Matcher, Selector
from relrails.rules import AlertingRule, RecordingRule, rule_groups
from relrails.service import Service

Labels = dict[str, str]


class Build:
    """The series that one build gives: recorded ones and alerts with their labels, and the declared metrics."""

    def __init__(self, services: Sequence[Service]) -> None:
        """Collect them once."""
        self.series: dict[str, list[Labels]] = defaultdict(list)
        self.declared: set[str] = set()
        for service in services:
            for slo in service.slos:
                for group in rule_groups(service, slo):
                    self._take(group.rules)
                for metric in slo.sli.metrics():
                    classic = isinstance(metric, Histogram) and not metric.native
                    parts = ("_bucket", "_count", "_sum") if classic else ("",)
                    self.declared.update(f"{metric.name}{part}" for part in parts)

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
        return selector.metric in self.declared


def _meets(labels: Labels, matcher: Matcher) -> bool:
    value = labels.get(matcher.label, "")
    among = value in matcher.value.split("|") if "~" in matcher.op else value == matcher.value
    return among is not matcher.op.startswith("!")
