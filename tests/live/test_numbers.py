"""What the runner exposes: valid OpenMetrics, complete from the start, and no series more after any failure."""

import asyncio
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from live.plans import plan, step, target
from relrails.live.probe import openmetrics
from relrails.live.probe.numbers import Histogram, JourneyNumbers, bounds
from relrails.live.probe.outcome import Run, StepRun
from relrails.live.probe.plan import Plan
from relrails.live.probe.trace import new_span_id, new_trace_id, parts, traceparent
from relrails.probe import get, names
from relrails.probe.names import OUTCOMES, REASONS, TRACE_DIGITS, Outcome, Reason
from relrails.promtool import Promtool

AT = target("http://127.0.0.1:9")
WANTED = plan(step("login", get("/"), AT), step("query", get("/"), AT), latency=1.0)


def a_run(reason: Reason | None = None, outcome: Outcome = "success", seconds: float = 0.3, **given: Any) -> Run:
    done = StepRun(
        name="login",
        request="GET http://127.0.0.1:9/",
        span_id=new_span_id(),
        started=1.0,
        seconds=seconds,
        phases=dict.fromkeys(("resolve", "connect", "tls", "send", "wait", "receive"), 0.001),
        scored=True,
        always=False,
        reason=reason,
        text="said",
    )
    usual: dict[str, Any] = {"trace_id": new_trace_id(), "started": 1.0, "seconds": seconds, "steps": (done,)}
    return Run(plan=given.pop("plan", WANTED), outcome="failure" if reason else outcome, **(usual | given))


def families(text: str) -> list[Any]:
    return list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call] # the library ships half its types


def samples(*journeys: JourneyNumbers) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Read what is exposed with the strict parser of prometheus-client."""
    found = {}
    for family in families(openmetrics.text(journeys)):
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in found, key
            found[key] = sample.value
    return found


def value(numbers: JourneyNumbers, name: str, **labels: str) -> float:
    return samples(numbers)[name, tuple(sorted({"env": "test", "journey": "walked", **labels}.items()))]


def test_no_failure_adds_a_series() -> None:
    numbers = JourneyNumbers(WANTED)
    numbers.note(a_run())
    before = samples(numbers).keys()
    for reason in REASONS:
        numbers.note(a_run(reason))
        numbers.note(a_run(reason, outcome="error"))
    for outcome in OUTCOMES:
        numbers.note(a_run(outcome=outcome, retries=2, suppressed=1))
    numbers.skip()
    assert samples(numbers).keys() == before


def test_only_the_result_and_time_of_a_last_run_are_absent_before_the_first() -> None:
    numbers = JourneyNumbers(WANTED)
    before = samples(numbers).keys()
    numbers.note(a_run("dns"))
    assert {name for name, _ in samples(numbers).keys() - before} == {names.SUCCESS, names.LAST_RUN}


def test_everything_that_counts_begins_at_zero() -> None:
    for (name, labels), number in samples(JourneyNumbers(WANTED)).items():
        assert number == (1 if name == names.INFO else 0), (name, labels)


def test_every_name_that_rules_may_read_is_exposed() -> None:
    numbers = JourneyNumbers(WANTED)
    numbers.note(a_run("dns"))
    exposed = {name for name, _ in samples(numbers)}
    for name in (names.RUNS, names.STEP_FAILURES, names.FAILING, names.SUCCESS, names.LAST_RUN, names.LAST_SUCCESS):
        assert name in exposed
    for name in (
        names.LAST_FAILURE,
        names.TRACE_PART,
        names.RETRIES,
        names.RETRIES_SUPPRESSED,
        names.INFO,
        names.PHASE,
    ):
        assert name in exposed
    for name in (names.DURATION, names.STEP_DURATION, names.LATENESS):
        assert {f"{name}_bucket", f"{name}_sum", f"{name}_count"} <= exposed


def test_the_failing_step_follows_the_last_run() -> None:
    numbers = JourneyNumbers(WANTED)
    numbers.note(a_run("dns"))
    assert value(numbers, names.FAILING, step="login", reason="dns") == 1
    numbers.note(a_run("timeout"))
    assert value(numbers, names.FAILING, step="login", reason="dns") == 0
    assert value(numbers, names.FAILING, step="login", reason="timeout") == 1
    assert value(numbers, names.STEP_FAILURES, step="login", reason="dns") == 1
    assert value(numbers, names.SUCCESS) == 0
    numbers.note(a_run(outcome="flaky", retries=1))
    assert all(v == 0 for (name, _), v in samples(numbers).items() if name == names.FAILING)
    assert value(numbers, names.SUCCESS) == 1
    assert value(numbers, names.RETRIES) == 1


def test_a_run_that_is_cancelled_or_skipped_says_nothing_of_the_service() -> None:
    numbers = JourneyNumbers(WANTED)
    numbers.note(a_run("dns"))
    numbers.note(a_run(outcome="cancelled"))
    numbers.skip()
    assert value(numbers, names.SUCCESS) == 0
    assert value(numbers, names.RUNS, outcome="cancelled") == 1
    assert value(numbers, names.RUNS, outcome="skipped") == 1


def test_an_error_of_the_runner_is_no_good_news_and_no_latency() -> None:
    numbers = JourneyNumbers(WANTED)
    numbers.note(a_run())
    run = a_run("secret_unavailable")
    numbers.note(Run(**{**{f: getattr(run, f) for f in Run.__slots__}, "outcome": "error"}))
    assert value(numbers, names.SUCCESS) == 0
    assert value(numbers, names.RUNS, outcome="error") == 1
    assert value(numbers, names.RUNS, outcome="failure") == 0
    assert value(numbers, f"{names.DURATION}_count") == 1


def test_the_promised_latency_is_a_bucket_and_meeting_it_exactly_counts_as_kept() -> None:
    numbers = JourneyNumbers(WANTED)
    numbers.note(a_run(seconds=1.0))
    numbers.note(a_run(seconds=1.0000001))
    assert value(numbers, f"{names.DURATION}_bucket", le="1.0") == 1
    assert value(numbers, f"{names.DURATION}_bucket", le="+Inf") == 2


@given(st.decimals("0.001", "3600", places=6))
def test_any_latency_is_exactly_a_bucket(latency: Any) -> None:
    found = bounds(float(latency))
    assert float(latency) in found
    assert list(found) == sorted(set(found))


@given(st.lists(st.floats(0, 100)))
def test_a_histogram_counts_each_value_once_in_the_bucket_that_holds_it(values: list[float]) -> None:
    histogram = Histogram((0.1, 1.0, 10.0))
    for seen in values:
        histogram.observe(seen)
    assert sum(histogram.counts) == len(values)
    assert math.isclose(histogram.sum, sum(values), abs_tol=1e-9)
    for at, bound in enumerate(histogram.bounds):
        assert sum(histogram.counts[: at + 1]) == sum(v <= bound for v in values)


def test_counters_and_buckets_point_at_their_trace() -> None:
    numbers = JourneyNumbers(WANTED)
    run = a_run("dns")
    numbers.note(run)
    with_exemplars = {
        sample.name: sample.exemplar.labels
        for family in families(openmetrics.text([numbers]))
        for sample in family.samples
        if sample.exemplar is not None
    }
    span = {"trace_id": run.trace_id, "span_id": run.steps[0].span_id}
    assert with_exemplars == {
        names.RUNS: {"trace_id": run.trace_id},
        f"{names.DURATION}_bucket": {"trace_id": run.trace_id},
        names.STEP_FAILURES: span,
        f"{names.STEP_DURATION}_bucket": span,
    }


def test_three_numbers_give_the_trace_id_back() -> None:
    numbers = JourneyNumbers(WANTED)
    run = a_run("dns")
    numbers.note(run)
    read = [value(numbers, names.TRACE_PART, part=str(n)) for n in range(3)]
    assert "".join(f"{int(n):0{d}d}" for n, d in zip(read, TRACE_DIGITS, strict=True)) == run.trace_id


@given(st.integers(1, 10**32 - 1))
def test_a_float_holds_each_part_of_a_trace_id_exactly(number: int) -> None:
    trace_id = f"{number:032d}"
    found = parts(trace_id)
    assert "".join(f"{int(float(p)):0{d}d}" for p, d in zip(found, TRACE_DIGITS, strict=True)) == trace_id
    assert traceparent(trace_id, "00f067aa0ba902b7") == f"00-{trace_id}-00f067aa0ba902b7-01"


@pytest.mark.parametrize("odd", ['a"b', "a\\b", "a\\nb", "a\nb", "ü", "a{b}"])
def test_labels_hold_whatever_an_owner_is_called(odd: str) -> None:
    wanted = Plan(**{**{f: getattr(WANTED, f) for f in Plan.__slots__}, "owner": odd, "runbook": odd})
    found = [dict(labels) for name, labels in samples(JourneyNumbers(wanted)) if name == names.INFO]
    assert found[0]["owner"] == found[0]["runbook"] == odd


def test_promtool_finds_nothing_wrong_with_it(promtool: Promtool) -> None:
    numbers = JourneyNumbers(WANTED)
    numbers.note(a_run("dns"))

    async def ask() -> tuple[int | None, str]:
        argv = (str(promtool.tool.path), "check", "metrics")
        pipe = asyncio.subprocess.PIPE
        asked = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, stderr=pipe)
        plain = "\n".join(line.partition(" # ")[0] for line in classic(openmetrics.text([numbers])).splitlines())
        out, err = await asked.communicate(f"{plain}\n".encode())
        return asked.returncode, (out + err).decode()

    code, said = asyncio.run(ask())
    assert code == 0, said


def classic(text: str) -> str:
    """Write it as promtool reads it: the classic format names a counter with its `_total`."""
    for counter in (names.RUNS, names.STEP_FAILURES, names.RETRIES, names.RETRIES_SUPPRESSED):
        family = counter.removesuffix("_total")
        text = text.replace(f"# TYPE {family} ", f"# TYPE {counter} ").replace(
            f"# HELP {family} ", f"# HELP {counter} "
        )
    return text.replace("# EOF\n", "")
