"""The policy of a canary: what is watched, for how long, how sure one must be, and what is done then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from relrails.canary.action import Action
from relrails.canary.check import Check
from relrails.canary.identity import Identity
from relrails.canary.silence import Recovery, Silence
from relrails.source import Source, here
from relrails.units import Duration, Ratio, minutes, percent

SILENCE = Silence()
RECOVERY = Recovery()


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A canary beside the stable version, compared every `step`; the labels `canary` and `stable` part their series.

    The first `warmup` is not counted: caches are cold. Then at least `min_duration` is watched before a promotion, and
    at most `max_duration`; who is not accepted by then is rolled back, or held for a person. Nothing promotes by
    itself but evidence.

    `alpha` is the probability that a healthy canary is rolled back, over all looks and all checks together; `beta` that
    one is accepted which is as bad as a check's `unacceptable_ratio`. `min_requests` is what the canary must have
    answered before any comparison speaks. `dispersion` is the burstiness of the counts, 1 for independent requests;
    "auto" measures it on the stable version's past. `traffic_share` is the canary's part of the traffic, from which it
    may be off by the share `traffic_tolerance` of itself. `identity` is where the canary says which artifact it runs;
    without it, one that is deployed over in the middle is taken for the one that began.

    In the mode "shadow" everything is decided and recorded, and nothing done.
    """

    canary: Mapping[str, str]
    stable: Mapping[str, str]
    checks: tuple[Check, ...]
    rollback: Action | None
    promote: Action | None = None
    step: Duration = 1 * minutes
    warmup: Duration = 2 * minutes
    min_duration: Duration = 10 * minutes
    max_duration: Duration = 30 * minutes
    alpha: Ratio = 1 * percent
    beta: Ratio = 5 * percent
    on_inconclusive: Literal["rollback", "hold"] = "rollback"
    min_requests: int = 200
    dispersion: float | Literal["auto"] = "auto"
    traffic_share: Ratio | None = None
    traffic_tolerance: Ratio = 50 * percent
    identity: Identity | None = None
    silence: Silence = SILENCE
    recovery: Recovery = RECOVERY
    mode: Literal["enforce", "shadow"] = "enforce"
    source: Source = field(default_factory=here, compare=False, repr=False)
