"""Text that Prometheus would take for a template.

Labels and annotations of alerts are templates: `{{ $value }}` becomes the value. In a name or an address it would be
replaced by something else, or keep Prometheus from loading any rule at all.

Flagged:
    Service(..., owner="{{ $labels.team }}")

    Service(..., runbook="https://runbooks.example.com/{{service}}")

    requests = metric.Counter("http_requests_total").where(job="{{checkout}}")
Fine:
    Service(..., owner="payments {eu}")
"""

from collections.abc import Callable, Iterator
from functools import partial

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.checks._use import uses
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.source import Span


@check("service/template-in-text", waivable=False)
def template_in_text(service: Service) -> Iterator[Problem]:
    """Flag template brackets in what becomes a label or an annotation."""
    for text, where in _texts(service):
        if known(text) and "{{" in text:
            yield Problem(
                what=f"Prometheus would take {text!r} for a template",
                labels=(Label(where(), "has `{{`"),),
                why="it goes into labels and annotations of alerts, where `{{` begins code: the rule file would be "
                "refused, or show something else",
                fix="write the text that is meant, without `{{`",
            )


def _texts(service: Service) -> Iterator[tuple[str, Callable[[], Span]]]:
    for field in ("owner", "runbook", "grafana"):
        yield getattr(service, field), partial(at, service, field)
    for slo in service.slos:
        for use in uses(slo):
            for matcher in use.metric.matchers:
                if matcher.label == "job":
                    yield matcher.value, partial(use.label, "job")
