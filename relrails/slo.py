"""A service level objective: what is measured, how much of it must be good, over how long, and when somebody hears."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from relrails.release import ReleaseClass
from relrails.sli import SLI
from relrails.source import Source, here
from relrails.units import Duration, Ratio, exact

Severity = Literal["page", "ticket"]


@dataclass(frozen=True, kw_only=True, slots=True)
class BurnTier:
    """An alert on two windows: fires when both burn the error budget more than `factor` times too fast.

    A factor of 1 spends the budget exactly by the end of the SLO window.
    Source: The Site Reliability Workbook, chapter 5, "Multiwindow, multi-burn-rate alerts".
    """

    severity: Severity
    factor: float
    long: Duration
    short: Duration
    source: Source = field(default_factory=here, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorBudgetPolicy:
    """What happens as the error budget runs out: a ticket below `warn_below`, no more releases below `freeze_below`.

    The releases in `exempt` pass although a budget is spent or burns too fast; that they did is recorded.
    """

    warn_below: Ratio
    freeze_below: Ratio
    exempt: tuple[ReleaseClass, ...] = ("fix", "security")
    source: Source = field(default_factory=here, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SLO:
    """One promise to the users of a service.

    `by` keeps labels apart: each region, say, has its own budget and its own alerts. `tiers` replaces the table of
    burn-rate alerts that the window gets by itself. `minimum_bad_events` is how many bad events the long window must
    hold before anybody is called, so that one failed request at night wakes nobody.
    """

    name: str
    description: str
    sli: SLI
    objective: Ratio
    window: Duration
    by: tuple[str, ...] = ()
    tiers: tuple[BurnTier, ...] | None = None
    minimum_bad_events: int = 5
    source: Source = field(default_factory=here, compare=False, repr=False)

    @property
    def goal(self) -> Decimal:
        """The objective as a ratio: 0.999."""
        return exact(self.objective, "ratio")

    @property
    def budget(self) -> Decimal:
        """The error budget as a ratio: 0.001."""
        return 1 - self.goal
