"""The numbers as OpenMetrics text.

Written here because a client library keeps an object for each series: 1 kB of memory and 13 µs a scrape, several times
what the numbers themselves take. Tests read it with the library's strict parser, and with Prometheus.
"""

from collections.abc import Iterable, Iterator, Sequence

from relrails.live.probe.numbers import PHASES, Exemplar, Histogram, JourneyNumbers
from relrails.probe import names
from relrails.probe.names import REASONS

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

Line = Iterator[str]


def text(journeys: Sequence[JourneyNumbers], runner: Iterable[str] = ()) -> str:
    """Write all numbers; `runner` are lines of the runner itself."""
    lines: list[str] = []
    for name, kind, about, write in _FAMILIES:
        family = name.removesuffix("_total") if kind == "counter" else name
        lines.append(f"# TYPE {family} {kind}\n# HELP {family} {about}\n")
        for journey in journeys:
            lines.extend(write(name, _labels(journey), journey))
    return "".join([*lines, *runner, "# EOF\n"])


def gauge(name: str, about: str, value: float, labels: str = "") -> str:
    """Write a gauge that has one series."""
    return f"# TYPE {name} gauge\n# HELP {name} {about}\n{name}{{{labels}}} {value}\n".replace("{}", "")


def label(name: str, value: str) -> str:
    """Write a label."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{name}="{escaped}"'


def _labels(journey: JourneyNumbers) -> str:
    return f"{label('env', journey.plan.env)},{label('journey', journey.plan.journey)}"


def _runs(name: str, labels: str, journey: JourneyNumbers) -> Line:
    for outcome, count in journey.runs.items():
        yield f'{name}{{{labels},outcome="{outcome}"}} {count}{_exemplar(journey.run_exemplars.get(outcome))}\n'


def _step_failures(name: str, labels: str, journey: JourneyNumbers) -> Line:
    for step, counts in journey.failures.items():
        for at, reason in enumerate(REASONS):
            exemplar = _exemplar(journey.failure_exemplars.get((step, at)))
            yield f'{name}{{{labels},step="{step}",reason="{reason}"}} {counts[at]}{exemplar}\n'


def _failing(name: str, labels: str, journey: JourneyNumbers) -> Line:
    for step in journey.failures:
        for at, reason in enumerate(REASONS):
            value = 1 if journey.failing == (step, at) else 0
            yield f'{name}{{{labels},step="{step}",reason="{reason}"}} {value}\n'


def _success(name: str, labels: str, journey: JourneyNumbers) -> Line:
    if journey.succeeded is not None:  # nothing is known before the first run, and a 0 would be bad news
        yield f"{name}{{{labels}}} {int(journey.succeeded)}\n"


def _duration(name: str, labels: str, journey: JourneyNumbers) -> Line:
    yield from _histogram(name, labels, journey.durations)


def _step_duration(name: str, labels: str, journey: JourneyNumbers) -> Line:
    for step, histogram in journey.step_durations.items():
        yield from _histogram(name, f'{labels},step="{step}"', histogram)


def _phase(name: str, labels: str, journey: JourneyNumbers) -> Line:
    for step, seconds in journey.phases.items():
        for phase, value in zip(PHASES, seconds, strict=True):
            yield f'{name}{{{labels},step="{step}",phase="{phase}"}} {value:.6g}\n'


def _lateness(name: str, labels: str, journey: JourneyNumbers) -> Line:
    yield from _histogram(name, labels, journey.lateness)


def _trace_parts(name: str, labels: str, journey: JourneyNumbers) -> Line:
    for number, part in enumerate(journey.trace_parts):
        yield f'{name}{{{labels},part="{number}"}} {part}\n'


def _last_run(name: str, labels: str, journey: JourneyNumbers) -> Line:
    if journey.last_run:
        yield f"{name}{{{labels}}} {journey.last_run:.3f}\n"


def _last_success(name: str, labels: str, journey: JourneyNumbers) -> Line:
    yield f"{name}{{{labels}}} {journey.last_success:.3f}\n"


def _last_failure(name: str, labels: str, journey: JourneyNumbers) -> Line:
    yield f"{name}{{{labels}}} {journey.last_failure:.3f}\n"


def _retries(name: str, labels: str, journey: JourneyNumbers) -> Line:
    yield f"{name}{{{labels}}} {journey.retries}\n"


def _suppressed(name: str, labels: str, journey: JourneyNumbers) -> Line:
    yield f"{name}{{{labels}}} {journey.suppressed}\n"


def _info(name: str, labels: str, journey: JourneyNumbers) -> Line:
    plan = journey.plan
    about = (
        label("owner", plan.owner),
        label("interval", f"{plan.every:g}s"),
        label("slo", plan.objective),
        label("runbook", plan.runbook),
        label("config_hash", plan.digest),
    )
    yield f"{name}{{{labels},{','.join(about)}}} 1\n"


def _histogram(name: str, labels: str, histogram: Histogram) -> Line:
    counts, total = tuple(histogram.counts), 0
    exemplars = histogram.exemplars or [None] * len(counts)
    for bound, count, exemplar in zip((*histogram.bounds, "+Inf"), counts, exemplars, strict=True):
        total += count
        yield f'{name}_bucket{{{labels},le="{bound}"}} {total}{_exemplar(exemplar)}\n'
    yield f"{name}_sum{{{labels}}} {histogram.sum:.6f}\n{name}_count{{{labels}}} {total}\n"


def _exemplar(exemplar: Exemplar | None) -> str:
    if exemplar is None:
        return ""
    span = f',span_id="{exemplar.span_id}"' if exemplar.span_id else ""
    return f' # {{trace_id="{exemplar.trace_id}"{span}}} {exemplar.value:.6g} {exemplar.at:.3f}'


_FAMILIES = (
    (names.RUNS, "counter", "Runs of a journey, by what came of them.", _runs),
    (names.STEP_FAILURES, "counter", "Failures of a step, by reason.", _step_failures),
    (names.FAILING, "gauge", "1 for the step and the reason that the last run failed with.", _failing),
    (names.SUCCESS, "gauge", "1 where the last run succeeded.", _success),
    (names.DURATION, "histogram", "Seconds of a run, without its clean-up.", _duration),
    (names.STEP_DURATION, "histogram", "Seconds of a step.", _step_duration),
    (names.PHASE, "gauge", "Seconds of each phase of the last request of a step.", _phase),
    (names.LAST_RUN, "gauge", "When the last run was over.", _last_run),
    (names.LAST_SUCCESS, "gauge", "When a run last succeeded; 0 for never.", _last_success),
    (names.LAST_FAILURE, "gauge", "When a run last failed; 0 for never.", _last_failure),
    (names.TRACE_PART, "gauge", "The decimal trace id of the last failure, in three parts.", _trace_parts),
    (names.RETRIES, "counter", "Second attempts.", _retries),
    (names.RETRIES_SUPPRESSED, "counter", "Second attempts that the retry budget did not allow.", _suppressed),
    (names.LATENESS, "histogram", "Seconds by which a run began late.", _lateness),
    (names.INFO, "gauge", "What a journey is.", _info),
)
