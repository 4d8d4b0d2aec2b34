"""The traffic of a canary behind HAProxy: its weight rises in steps while caches warm up."""

from relrails.canary import HAProxy, Policy
from relrails.judge.canary import ResolvedPolicy
from relrails.live.canary import haproxy
from relrails.units import exact

STEPS = (0.25, 0.5, 1.0)
"""Parts of its share, one after another."""


class Ramp:
    """Raises the weight at the beginning of each look of the warm-up, until the canary has its share."""

    def __init__(self, policy: Policy, resolved: ResolvedPolicy, through: HAProxy | None, look: int) -> None:
        given = policy.traffic_share
        self._through = through
        self.share = None if given is None else float(exact(given, "ratio"))
        self._whole = self.share
        warm = int(resolved.warmup / resolved.step)
        # All steps lie within the warm-up, in which nothing is compared.
        self._steps = STEPS[max(0, len(STEPS) - max(1, warm)) :]
        self._done = look >= len(self._steps)

    def raise_for(self, look: int) -> str:
        """Raise it for the look that comes next; says what went wrong, or nothing."""
        if self._through is None or self._whole is None or self._done:
            return ""
        wanted = self._whole * self._steps[min(look, len(self._steps) - 1)]
        self._done = look >= len(self._steps) - 1
        try:
            among = haproxy.servers(self._through)
            weight = haproxy.weight_for(wanted, among, self._through.server)
            haproxy.weigh(self._through, weight)
        except haproxy.HAProxyError as error:
            return f"the canary did not get its traffic: {error}"
        self.share = haproxy.share_of(weight, among, self._through.server)
        return ""
