"""Tests that look at the canary by itself, and ask the stable version only whether it fares as badly."""

from math import log

from relrails.canary.resolved import ResolvedTest
from relrails.judge.canary.beta_mixture import log_above
from relrails.judge.canary.events import Counts, Runs
from relrails.judge.canary.finding import Context, Finding
from relrails.judge.canary.rate_ratio import NOTHING, Stream, Tally
from relrails.judge.canary.reason import Code, Reason


def ceiling(
    test: ResolvedTest, streams: tuple[Stream, ...], canary: Counts, stable: Counts | None, context: Context
) -> Finding:
    """Roll back a canary whose own rate is surely above the ceiling, unless the stable version's is too."""
    whole = _counted(streams).plus(_both(canary, stable))
    phi, limit = context.phi, context.limit(test)
    log_e = log_above(whole.canary_bad / phi, whole.canary_total / phi, test.ceiling)
    fires = log_e >= limit and whole.canary_bad >= test.min_bad and whole.stable_rate < test.ceiling
    reason = Reason(
        code=Code.ERROR_RATE_CEILING,
        check=test.check,
        observed=whole.canary_rate,
        threshold=test.ceiling,
        unit="ratio",
        look=context.look,
        text=(
            f"{whole.canary_bad:g} of {whole.canary_total:g} bad on the canary ({whole.canary_rate:.3%}), surely above "
            f"the ceiling of {test.ceiling:.3%}"
        ),
    )
    return Finding(
        streams=(Stream(whole=whole),), log_e=log_e, accepted=log_e < limit / 2, reasons=(reason,) if fires else ()
    )


def probe(
    test: ResolvedTest, streams: tuple[Stream, ...], canary: Runs, stable: Runs | None, context: Context
) -> Finding:
    """Roll back a canary on which journeys fail or are slow, and on the stable version not."""
    failing, slow = streams or (Stream(), Stream())
    runs, other = canary, stable or Runs(runs=0, failures=0, in_a_row=0)
    failures = failing.whole.plus(Tally(runs.runs, runs.failures, other.runs, other.failures))
    slowness = slow.whole.plus(Tally(runs.runs, runs.slow, other.runs, other.slow))
    limit = context.limit(test) + log(2)  # two statements share the weight
    allowed = 1 - test.min_success
    log_failing = log_above(failures.canary_bad, failures.canary_total, allowed)
    log_slow = log_above(slowness.canary_bad, slowness.canary_total, test.max_slow)
    in_a_row = runs.in_a_row >= test.consecutive_failures
    common = other.in_a_row >= test.consecutive_failures or _above(failures.stable_bad, failures.stable_total, allowed)
    reasons = []
    if in_a_row or log_failing >= limit:
        reasons.append(
            Reason(
                code=Code.COMMON_MODE_INCIDENT if common else Code.PROBE_FAILURE,
                check=test.check,
                observed=runs.in_a_row if in_a_row else failures.canary_rate,
                threshold=test.consecutive_failures if in_a_row else allowed,
                unit="failures in a row" if in_a_row else "ratio",
                look=context.look,
                text=(
                    f"{failures.canary_bad:g} of {failures.canary_total:g} probe runs failed on the canary, "
                    f"{runs.in_a_row:g} in a row; on stable {failures.stable_bad:g} of {failures.stable_total:g}"
                ),
            )
        )
    if log_slow >= limit and not _above(slowness.stable_bad, slowness.stable_total, test.max_slow):
        reasons.append(
            Reason(
                code=Code.PROBE_LATENCY,
                check=test.check,
                observed=slowness.canary_rate,
                threshold=test.max_slow,
                unit="ratio",
                look=context.look,
                text=f"{slowness.canary_bad:g} of {slowness.canary_total:g} probe runs on the canary were slow",
            )
        )
    seen = failures.canary_total >= test.consecutive_failures and runs.in_a_row == 0
    log_e = max(log_failing, log_slow)
    return Finding(
        streams=(Stream(whole=failures), Stream(whole=slowness)),
        log_e=log_e,
        accepted=seen and log_e < limit / 2,
        reasons=tuple(reasons),
    )


def alert(test: ResolvedTest, firing: tuple[str, ...], context: Context) -> Finding:
    """Roll back a canary for which one of the policy's alerts fires."""
    reasons = tuple(
        Reason(code=Code.ALERT_FIRING, check=test.check, look=context.look, text=f"{name} fires for the canary")
        for name in firing
    )
    return Finding(streams=(), accepted=not firing, reasons=reasons)


def cost(test: ResolvedTest, streams: tuple[Stream, ...], canary: Counts, stable: Counts, context: Context) -> Finding:
    """Report, or roll back, a canary whose requests cost too many times what they cost on the stable version."""
    whole = _counted(streams).plus(_both(canary, stable))
    enough = min(whole.canary_total, whole.stable_total) >= context.policy.min_requests
    over = enough and whole.ratio > test.max_ratio
    reason = Reason(
        code=Code.COST_DELTA,
        check=test.check,
        observed=whole.ratio,
        threshold=test.max_ratio,
        unit="times",
        look=context.look,
        acts=test.enforce,
        text=f"a request costs {whole.ratio:.3g} times what it costs on stable, over the {test.max_ratio:g} allowed",
    )
    return Finding(
        streams=(Stream(whole=whole),),
        accepted=not test.enforce or (enough and not over),
        reasons=(reason,) if over else (),
    )


def _counted(streams: tuple[Stream, ...]) -> Tally:
    return streams[0].whole if streams else NOTHING


def _both(canary: Counts, stable: Counts | None) -> Tally:
    other = stable or Counts(total=0, bad=0)
    return Tally(canary.total, canary.bad, other.total, other.bad)


def _above(bad: float, total: float, rate: float) -> bool:
    return total > 0 and bad / total > rate
