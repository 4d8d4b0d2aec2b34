"""When `failures` of the last `of` runs call somebody, by arithmetic: nothing here has seen a rule.

A run is seen at the first scrape after it is over. An evaluation looks at the newest scrapes that lie in its window; a
run counts when it was seen after the oldest of them, up to the newest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Paging:
    """What decides; times in seconds. `window` is a hair shorter than a whole number of scrapes."""

    failures: int
    of: int
    every: int
    scrape: int
    keep: int
    """How long the page stays after the last evaluation that found enough."""

    @property
    def window(self) -> Fraction:
        """The time in which the last runs were seen: one scrape more than they take, less a hair.

        Runs that take no whole number of scrapes cannot be told exactly: then one may be missed, unless all count.
        """
        taken = self.every * self.of
        whole = taken // self.scrape if self.failures < self.of else -(-taken // self.scrape)
        return (whole + 1) * self.scrape - Fraction(1, 1000)

    def seen(self, over: int) -> int:
        """Give the scrape that first sees a run that was over at a second."""
        return -(-over // self.scrape) * self.scrape

    def counted(self, over: Sequence[int], at: int, less: int = 0) -> int:
        """Count those runs that an evaluation takes for its last ones, by a window of so many scrapes less."""
        newest = at // self.scrape * self.scrape
        oldest = -(-(at - self.window) // self.scrape) * self.scrape + less * self.scrape
        return sum(max(oldest, 0) < self.seen(run) <= newest for run in over)

    def fails(self, over: Sequence[int], at: int, less: int = 0) -> bool:
        """Tell whether an evaluation finds enough of these failed runs among its last ones."""
        return self.counted(over, at, less) >= self.failures


def standing(found: Sequence[bool], keep: int = 0, every: int = MINUTE) -> list[bool]:
    """Tell at each evaluation whether an alert stands, which stays for `keep` seconds after it was last due."""
    out: list[bool] = []
    since: int | None = None
    for number, due in enumerate(found):
        if due:
            since = None
        elif out and out[-1] and since is None:
            since = number
        out.append(due or (since is not None and out[-1] and (number - since) * every < keep))
    return out


def waits(found: Sequence[bool], wait: int, every: int = MINUTE) -> list[bool]:
    """Tell at each evaluation whether an alert fires that must have been due for `wait` seconds."""
    out, since = [], None
    for number, due in enumerate(found):
        since = (number if since is None else since) if due else None
        out.append(since is not None and (number - since) * every >= wait)
    return out


def first(states: Sequence[bool]) -> int | None:
    """Give the number of the first evaluation at which something is so."""
    return next((number for number, state in enumerate(states) if state), None)


def last(states: Sequence[bool]) -> int | None:
    """Give the number of the last evaluation at which something is so."""
    return next((number for number in reversed(range(len(states))) if states[number]), None)
