"""What the panels' tests believe of the runner's metrics is what the runner exports."""

from live.plans import plan, step, target
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from grafana.exported import EXPORTED
from relrails.live.probe import openmetrics
from relrails.live.probe.numbers import JourneyNumbers
from relrails.probe import get


def test_the_runner_exports_what_the_panels_read_with_these_types_and_labels() -> None:
    numbers = JourneyNumbers(plan(step("open", get("/"), target("http://127.0.0.1:9")), latency=1.0))
    numbers.succeeded, numbers.last_run = True, 1.0
    known = {metric.name: metric for metric in EXPORTED}
    exposed = openmetrics.text([numbers])
    families = list(text_string_to_metric_families(exposed))  # type: ignore[no-untyped-call] # the library has no types
    assert len(families) > 12
    for family in families:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert known[name].type == family.type, name
        labels = {label for sample in family.samples for label in sample.labels if label != "le"}
        assert labels == known[name].labels, name
