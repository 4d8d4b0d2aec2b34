"""Which SLIs a canary can be judged by: those whose events are counted, so that two tracks can be compared."""

from relrails.metric import Counter
from relrails.sli import SLI, Availability, Correctness, Latency


def countable(sli: SLI) -> bool:
    """Tell whether bad and total events are in counters."""
    return isinstance(sli, Availability | Correctness) and all(isinstance(m, Counter) for m in sli.metrics())


def bucketed(sli: SLI) -> bool:
    """Tell whether answer times are in the buckets of a classic histogram."""
    return isinstance(sli, Latency) and not sli.histogram.native and bool(sli.histogram.buckets)
