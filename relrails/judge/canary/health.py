"""Whether the data of a look can be believed, and who is silent."""

from dataclasses import dataclass
from math import isfinite

from relrails.canary.identity import NAME as IDENTITY
from relrails.canary.resolved import ResolvedPolicy, ResolvedTest
from relrails.judge.canary.events import Buckets, Counts, Flaw, Observation, Reading, Runs
from relrails.judge.canary.reason import Code

_KINDS = {
    "error_rate_delta": Counts,
    "error_rate_ceiling": Counts,
    "cost": Counts,
    "latency_share": Buckets,
    "latency_distribution": Buckets,
    "latency_quantile": Buckets,
    "probe": Runs,
}


@dataclass(frozen=True, slots=True)
class Health:
    """What is wrong with a look; `void` says that all of it is, `checks` of which checks it is.

    The silences are None where nobody knows, which is never the same as silence.
    """

    flaws: tuple[Flaw, ...]
    void: bool
    checks: frozenset[str]
    canary_silent: bool | None
    stable_silent: bool | None


def health(seen: Observation, policy: ResolvedPolicy) -> Health:
    """Look at the data before at what it says."""
    flaws = list(seen.flaws)
    if not all(isfinite(x) for x in (seen.at, seen.elapsed, seen.seconds)) or seen.seconds <= 0:
        flaws.append(Flaw(code=Code.NAN_RESULT, text="the look has no length that can be believed"))
    silent = [None if n is None or n < 0 else n == 0 for n in (seen.canary_series, seen.stable_series)]
    if None in silent:
        flaws.append(Flaw(code=Code.QUERY_ERROR, text="how many series the tracks have is not known"))
    elif not silent[0]:
        flaws += [flaw for test in policy.tests for flaw in _flaws(test, seen)]
        flaws += _nameless(seen, policy)
    return Health(
        flaws=tuple(dict.fromkeys(flaws)),
        void=any(not f.check for f in flaws),
        checks=frozenset(f.check for f in flaws if f.check),
        canary_silent=silent[0],
        stable_silent=silent[1],
    )


def _flaws(test: ResolvedTest, seen: Observation) -> list[Flaw]:
    if test.test == "alert":
        missing = Flaw(code=Code.QUERY_ERROR, check=test.check, text="whether alerts fire is not known")
        return [missing] if seen.alerts is None else []
    reading = seen.readings.get(test.check)
    if reading is None:
        return [Flaw(code=Code.QUERY_ERROR, check=test.check, text="nothing was read")]
    if reading.canary is None:
        return [
            Flaw(code=Code.INSUFFICIENT_TRAFFIC, check=test.check, text="the canary has targets, but not this metric")
        ]
    return flaws_of(test, reading)


def _nameless(seen: Observation, policy: ResolvedPolicy) -> list[Flaw]:
    """Say that nobody knows what the canary runs, which is neither good news nor another artifact."""
    known = seen.artifact or any(flaw.check == IDENTITY for flaw in seen.flaws)
    if not policy.identity or known:
        return []
    return [Flaw(code=Code.IDENTITY_UNKNOWN, check=IDENTITY, text="the canary does not say which artifact it runs")]


def flaws_of(test: ResolvedTest, reading: Reading) -> list[Flaw]:
    """Say what is wrong with the numbers of a reading."""
    found = []
    for track, counts in (("canary", reading.canary), ("stable", reading.stable)):
        if counts is None:
            continue
        code, text = _wrong(test, counts)
        if code is not None:
            found.append(Flaw(code=code, check=test.check, text=f"{track}: {text}"))
    return found


def _wrong(test: ResolvedTest, counts: Counts | Buckets | Runs) -> tuple[Code | None, str]:
    if not isinstance(counts, _KINDS[test.test]):
        return Code.AMBIGUOUS_RESULT, f"a {type(counts).__name__} is not what this check reads"
    if not all(isfinite(n) for n in _numbers(counts)):
        return Code.NAN_RESULT, "not a number, or without end"
    if any(n < 0 for n in _numbers(counts)):
        return Code.AMBIGUOUS_RESULT, "less than nothing was counted"
    match counts:
        case Buckets(total=total, within=within):
            if len(within) != len(test.bounds):
                return Code.HISTOGRAM_RESOLUTION, f"{len(within)} buckets were read, not {len(test.bounds)}"
            if any(a > b for a, b in zip(within, (*within[1:], total), strict=True)):
                return Code.AMBIGUOUS_RESULT, "a bucket holds more than a wider one"
        case Runs(runs=runs, failures=failures, slow=slow):
            if max(failures, slow) > runs:
                return Code.AMBIGUOUS_RESULT, "more runs failed than there were"
        case Counts(total=total, bad=bad):
            if test.test != "cost" and bad > total:
                return Code.AMBIGUOUS_RESULT, "more events were bad than there were"
    return None, ""


def _numbers(counts: Counts | Buckets | Runs) -> tuple[float, ...]:
    match counts:
        case Counts(total=total, bad=bad):
            return (total, bad)
        case Buckets(total=total, within=within):
            return (total, *within)
        case Runs(runs=runs, failures=failures, in_a_row=in_a_row, slow=slow):
            return (runs, failures, in_a_row, slow)
