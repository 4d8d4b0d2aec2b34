"""A journey: what a customer does, how often we do it too, and how often it must work."""

from dataclasses import dataclass, field

from relrails.probe.policy import Flaky, Page, Retry
from relrails.probe.step import Poll, Step
from relrails.probe.target import Target
from relrails.source import Source, here
from relrails.units import Duration, Ratio, days, hours, percent

THREE_OF_FIVE = Page(failures=3, of=5)
RARELY = Flaky(above=5 * percent, over=6 * hours)


@dataclass(frozen=True, kw_only=True, slots=True)
class Journey:
    """Steps that are run one after another, every `every`; the run may take `timeout` in all.

    `objective` of the runs in `window` must succeed, and 95 of 100 within `latency`. `env` is the environment in which
    it runs. A file in probes/ defines one, named `journey`.
    """

    name: str
    description: str
    env: str
    target: Target
    every: Duration
    timeout: Duration
    steps: tuple[Step | Poll, ...]
    objective: Ratio
    latency: Duration
    window: Duration = 30 * days
    retry: Retry | None = None
    page: Page = THREE_OF_FIVE
    flaky: Flaky = RARELY
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every origin that it goes to, its own first: what its runner may talk to, and nothing else."""
        found = [self.target, *(s.request.target for s in self.steps if s.request.target is not None)]
        return tuple(dict.fromkeys(found))

    @property
    def shared(self) -> tuple[str, ...]:
        """What it has in common with other journeys."""
        return tuple(sorted({s.shared for s in self.steps if s.shared is not None}))
