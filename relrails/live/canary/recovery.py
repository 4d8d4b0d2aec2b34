"""After a rollback: whether the canary gets nothing any more and the stable version is as well as it was."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from relrails.canary import Policy
from relrails.judge.canary import Buckets, Counts, Observation, Recovered, ResolvedPolicy
from relrails.live.canary.looking import SETTLE, Look, Seen
from relrails.live.canary.sources import Sources
from relrails.live.prometheus import Query, Reply
from relrails.units import exact

WORSE = 2.0
"""How many times its rate before an incident is: the same as the judge's."""
SIGMA = 3.0
"""Standard deviations of a count by which it may be over; one look is short."""
LEAST_EVERY = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Verifying:
    """What verifying needs: the policy, how to ask, the time, and how to wait until a moment."""

    policy: Policy
    resolved: ResolvedPolicy
    sources: Sources
    scrape: float
    ask: Callable[[Sequence[Query]], Sequence[Reply]]
    now: Callable[[], float]
    wait: Callable[[float], object]

    def recovered(self, before: Mapping[str, Counts]) -> Recovered:
        """Look until the service is seen to have recovered, or the time of the policy is up."""
        within = float(exact(self.policy.recovery.within, "second"))
        every = max(LEAST_EVERY, 2 * self.scrape)
        end = self.now() + within
        seen, why, number = Seen(), "nothing was seen yet", 0
        while True:
            at = self.now()
            look = Look(self.sources, seen, at - SETTLE, self.scrape, every)
            observation, seen = look.read(self.ask(look.queries), number, 0, None)
            why = self.unwell(observation, before) if number else why
            if not why:
                return Recovered(
                    ok=True, text="all traffic is on the stable version, which is as it was", at=self.now()
                )
            if self.now() + every > end:
                return Recovered(ok=False, text=f"not within {within:g} s: {why}", at=self.now())
            number += 1
            self.wait(at + every)

    def unwell(self, seen: Observation, before: Mapping[str, Counts]) -> str:
        """Say what is not as it should be; empty where all is."""
        if seen.flaws:
            return f"it cannot be seen: {seen.flaws[0].text}"
        compared = False
        for test in self.resolved.tests:
            reading = seen.readings.get(test.check)
            if test.test not in {"error_rate_delta", "latency_share"} or reading is None:
                continue
            canary, stable = reading.canary, reading.stable
            if isinstance(canary, Counts | Buckets) and canary.total > 0:
                return f"the canary still answered {canary.total:g} requests"
            if not isinstance(stable, Counts | Buckets) or stable.total <= 0:
                return f"the stable version has no requests that {test.check} counts"
            bad = stable.bad if isinstance(stable, Counts) else stable.total - stable.within[test.bound]
            was = before.get(test.check)
            rate = was.bad / was.total if was is not None and was.total > 0 else 0.0
            expected = max(test.allowance, WORSE * rate) * stable.total
            if bad > expected + SIGMA * math.sqrt(expected) + 1:
                return f"{bad:g} of {stable.total:g} requests of the stable version are bad by {test.check}"
            compared = True
        return "" if compared else "nothing was read that could show it"
