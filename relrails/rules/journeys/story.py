"""What the alerts of a journey say: which step fails, why, what was expected, and where to look."""

from decimal import Decimal

from relrails.probe import Poll, Step
from relrails.probe import names as exported
from relrails.probe.host import hosts_of
from relrails.promql import Expr, Selector, compare, difference, duration_text, max_by, number, time
from relrails.promql.ast import Aggregate
from relrails.rules import names
from relrails.rules.annotations import VALUE, percent_text
from relrails.rules.journeys import reach
from relrails.rules.journeys.template import asked, by_label, first, label, literal, value
from relrails.rules.journeys.watch import Watch
from relrails.units import Duration, text

UNKNOWN = "none now"
"""Said while an alert stands whose last run was a good one."""


def failing(watch: Watch) -> dict[str, str]:
    """Name the step, the reason, what was expected, whether the way is open, and the trace of the last failed run."""
    journey, page = watch.journey, watch.journey.page
    step, reason = failing_step(watch), failing_reason(watch)
    return {
        **_head(
            watch,
            names.JOURNEY_FAILING,
            f"{journey.name} fails in {literal(journey.env)}: step {step}, reason {reason}",
            f"At least {page.failures} of the last {page.of} runs failed; one is made every {text(journey.every)}. "
            f"The journey: {literal(journey.description)} It belongs to {watch.service.name}.",
        ),
        "failing_step": step,
        "reason": reason,
        "expected": expected(watch),
        "hosts": reach.all_states(hosts_of((journey,))),
        **links(watch),
    }


def stale(watch: Watch, after: str) -> dict[str, str]:
    """Say since when nothing is known."""
    said = last_seen(watch) if watch.by_runner else "Blackbox gives no result"
    return _head(
        watch,
        names.JOURNEY_STALE,
        f"{watch.journey.name} is not run in {literal(watch.journey.env)}: nobody knows whether it works",
        f"{said}; it should run every {text(watch.journey.every)}, and this page comes after {after}. No other alert "
        f"of this journey can begin to fire.",
    )


def last_seen(watch: Watch) -> str:
    """Say how long ago the last run was, if there was one."""
    newest = Aggregate("max", watch.series(exported.LAST_RUN))
    ago = difference(time(), compare(newest, ">", number(0)))
    return asked(ago, "The last run was {{ . | first | value | humanizeDuration }} ago", "No run is known")


def flaky(watch: Watch) -> dict[str, str]:
    """Say which share needed a second attempt."""
    limit = watch.journey.flaky
    return _head(
        watch,
        names.JOURNEY_FLAKY,
        f"{watch.journey.name} often needs a second attempt in {literal(watch.journey.env)}",
        f"{VALUE} of the runs of the last {duration_text(limit.over)} succeeded only at a second attempt; the limit is "
        f"{text(limit.above)}.",
    )


def latency(watch: Watch, above: Decimal, over: Duration) -> dict[str, str]:
    """Say how slow it is, against what was promised."""
    said = (
        f"{VALUE} of the runs of the last {duration_text(over)} took longer than {text(watch.journey.latency)}; "
        f"at most {percent_text(above)} may."
        if watch.by_runner
        else f"95 of 100 probes of the last {duration_text(over)} took up to {{{{ $value | humanizeDuration }}}}; "
        f"{text(watch.journey.latency)} is promised."
    )
    return _head(
        watch,
        names.JOURNEY_LATENCY,
        f"{watch.journey.name} is slower than {text(watch.journey.latency)} in {literal(watch.journey.env)}",
        said,
    )


def retries(watch: Watch, over: Duration) -> dict[str, str]:
    """Say that failures are no longer tried again."""
    retry = watch.journey.retry
    share = "" if retry is None else f" ({text(retry.budget)} of the runs)"
    return _head(
        watch,
        names.RETRY_BUDGET,
        f"{watch.journey.name} has used up its retries in {literal(watch.journey.env)}",
        f"In the last {duration_text(over)} the runner did not try again where it otherwise would have, because the "
        f"budget of retries{share} was spent.",
    )


def error(watch: Watch) -> dict[str, str]:
    """Say that the runner, not the service, has failed."""
    page = watch.journey.page
    return _head(
        watch,
        names.PROBE_ERROR,
        f"the probe runner cannot run {watch.journey.name} in {literal(watch.journey.env)}",
        f"At least {page.failures} of the last {page.of} runs ended by a fault of the runner itself, so nobody knows "
        f"whether the journey works. Reason of the last one: {failing_reason(watch)}.",
    )


def failing_step(watch: Watch) -> str:
    """Name the step that fails now; a journey of Blackbox has only one."""
    if not watch.by_runner:
        return watch.journey.steps[0].name
    return asked(_now(watch), first(label("step"), by="step"), UNKNOWN)


def failing_reason(watch: Watch) -> str:
    """Name the reason why it fails now."""
    if watch.by_runner:
        return asked(_now(watch), first(label("reason"), by="step"), UNKNOWN)
    status = Aggregate("max", watch.series(exported.HTTP_STATUS))
    return asked(compare(status, ">", number(0)), value("status %.0f"), "no answer")


def expected(watch: Watch) -> str:
    """Say what the answer to the failing step must be."""
    said = {step.name: "; ".join(expectations(step)) for step in watch.journey.steps}
    if not watch.by_runner:
        return literal(said[watch.journey.steps[0].name])
    return asked(_now(watch), first(by_label("step", {k: v for k, v in said.items() if v}), by="step"), UNKNOWN)


def expectations(step: Step | Poll) -> list[str]:
    """List what the answer to a step must be."""
    until = step.until if isinstance(step, Poll) else ()
    return [*(e.sentence() for e in step.expect), *(f"in the end {e.sentence()}" for e in until)]


def _now(watch: Watch) -> Expr:
    return max_by(compare(watch.series(exported.FAILING), "==", number(1)), "step", "reason")


def links(watch: Watch) -> dict[str, str]:
    """Link the last failed run: its page, its trace and its logs; a journey of Blackbox has none of them."""
    if not watch.by_runner:
        return {}
    service, name = watch.service, watch.journey.name
    found = {"trace_id": traced(watch, "{trace_id}")}
    if service.traces:
        found["trace_url"] = traced(watch, service.traces)
    if service.logs:
        found["logs_url"] = traced(watch, service.logs.replace("{journey}", name))
    if service.runs:
        found["run_url"] = f"{literal(service.runs.rstrip('/'))}/runs/{name}/last-failure"
    return found


def traced(watch: Watch, words: str) -> str:
    """Write words with the trace id of the last failed run for `{trace_id}`; nothing where no run has failed yet.

    The id is decimal and comes in parts that a float holds exactly, each padded to its digits again.
    """
    parts: list[Selector] = [watch.series(exported.TRACE_PART, part=str(n)) for n in range(len(exported.TRACE_DIGITS))]
    forms = [value(f"%0{digits}.0f") for digits in exported.TRACE_DIGITS]
    rest = [asked(Aggregate("max", p), form) for p, form in zip(parts[1:], forms[1:], strict=True)]
    whole = forms[0] + "".join(rest)
    known = compare(Aggregate("max", parts[0]), ">", number(0))
    return asked(known, whole.join(literal(part) for part in words.split("{trace_id}")))


def _head(watch: Watch, alert: str, summary: str, description: str) -> dict[str, str]:
    return {
        "summary": summary,
        "description": description,
        "runbook_url": names.runbook_url(watch.service, alert),
        "dashboard_url": names.journeys_url(watch.service, watch.journey),
    }
