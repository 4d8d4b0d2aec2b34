"""What does a customer see, and which step fails? The runs of one journey, in the section of its SLO."""

from collections.abc import Iterator

from relrails.probe import Journey, backend
from relrails.render.grafana.panels import Panel
from relrails.render.grafana.runs import Runs
from relrails.render.grafana.sections import runs as panels
from relrails.render.grafana.view import View
from relrails.units import exact


def journey(view: View) -> Iterator[Panel]:
    """Give the steps, durations and failures of the journey that an SLO promises; nothing for another SLO."""
    if view.journey is not None:
        yield from _panels(view.journey)


def _panels(of: Journey) -> Iterator[Panel]:
    runs = Runs.of(of)
    if backend(of).name == "blackbox":
        yield panels.durations(runs, of.latency)
        yield panels.phases(runs)
        return
    yield panels.failing(runs)
    yield panels.failures(runs)
    yield panels.durations(runs, of.latency)
    yield panels.step_durations(runs)
    yield panels.phases(runs)
    yield panels.outcomes(runs)
    if of.retry is not None:
        yield panels.flaky(runs, of.flaky.over, {of.name: exact(of.flaky.above, "ratio")})
        yield panels.retries(runs)
