"""Proofs as values: a case plays series against the rules and says what must be seen, when."""

from dataclasses import dataclass

from relrails.sli.traffic import Series


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert as it must stand at a minute: `alerts` are all that fire, with labels and annotations; none is quiet."""

    minute: int
    alert: str
    alerts: tuple[tuple[dict[str, str], dict[str, str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Holds:
    """A query that must give 1 at a minute, or nothing at all where `gives` is False."""

    minute: int
    query: str
    gives: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One sentence that the rules must keep."""

    name: str
    interval: int
    """Seconds between two samples of the series."""
    series: tuple[Series, ...]
    fired: tuple[Fired, ...] = ()
    holds: tuple[Holds, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofFile:
    """A promtool test file: cases that share one evaluation interval, against one rule file."""

    path: str
    rule_file: str
    every: int
    """Minutes between two evaluations: promtool knows one for the whole file."""
    needs: tuple[int, int]
    """The oldest promtool that can play these series."""
    groups: tuple[str, ...]
    cases: tuple[Case, ...]
