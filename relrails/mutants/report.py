"""What became of the mutants, for people and for programs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from relrails.mutants.equivalents import Equivalent
from relrails.mutants.judging import Fate, Outcome

KILLS = (Fate.KILLED, Fate.RULE_ERROR)
WRONG = (Fate.SURVIVED, Fate.STALE, Fate.REFUSED)
COLUMNS = (*KILLS, Fate.EQUIVALENT, Fate.SURVIVED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The fate of every mutant, and everything that makes it worth nothing."""

    promtool: str
    outcomes: tuple[Outcome, ...] = ()
    unsound: tuple[str, ...] = ()
    """Proofs that the rules themselves do not pass: then a kill would mean nothing."""
    unused: tuple[Equivalent, ...] = ()
    """Declarations that no mutant answers to."""
    notes: tuple[str, ...] = ()
    """What could not be mutated, or not be run."""
    seconds: tuple[tuple[str, float], ...] = ()
    """How long each proof of the unchanged rules took, slowest first."""

    @property
    def ok(self) -> bool:
        """Whether every mutant was killed or is rightly declared equivalent."""
        return bool(self.outcomes) and not (self.unsound or self.unused or self.wrong)

    @property
    def wrong(self) -> tuple[Outcome, ...]:
        """Mutants that say something against the proofs, or against a declaration."""
        return tuple(o for o in self.outcomes if o.fate in WRONG)

    @property
    def score(self) -> float:
        """The share of killed ones among those that are not equivalent."""
        killed, survived = (sum(o.fate in fates for o in self.outcomes) for fates in (KILLS, (Fate.SURVIVED,)))
        return killed / (killed + survived) if killed + survived else 0.0


def as_text(report: Report, *, every: bool = False) -> Iterator[str]:
    """Give the lines for people; with `every`, one for each mutant first."""
    if every:
        yield from (f"{o.fate.value}: {o.slo}: {o.mutant}{_by(o)}" for o in report.outcomes)
        yield ""
    if report.outcomes:
        yield from _table("slo", ((o.slo, o.fate) for o in report.outcomes))
        yield from _table("operator", ((o.mutant.operator, o.fate) for o in report.outcomes))
        yield from _kills(report)
    for outcome in report.wrong:
        yield f"{outcome.fate.value}: {outcome.slo}: {outcome.mutant}{_by(outcome)}"
    yield from (f"the rules do not pass their own proof: {what}" for what in report.unsound)
    yield from (
        f"declared equivalent, but there is no such mutant: {e.rule}: {e.operator}: {e.change} at {e.where}"
        for e in report.unused
    )


def verdict(report: Report) -> str:
    """Sum it up in a line."""
    if report.unsound:
        return "nothing was mutated: the rules do not pass their own proofs"
    if not report.outcomes:
        return "nothing was mutated: there are no rules"
    fates = Counter(o.fate for o in report.outcomes)
    killed = sum(fates[fate] for fate in KILLS)
    return (
        f"{len(report.outcomes)} mutants on {report.promtool}: {killed} killed, {fates[Fate.EQUIVALENT]} equivalent, "
        f"{fates[Fate.SURVIVED]} survived: {_percent(report.score)} of those that are not equivalent are killed"
    )


def as_json(report: Report) -> dict[str, Any]:
    """Give everything as JSON values."""
    return {
        "ok": report.ok,
        "promtool": report.promtool,
        "score": report.score,
        "mutants": [_outcome_json(outcome) for outcome in report.outcomes],
        "unsound": list(report.unsound),
        "unused": [
            {"rule": e.rule, "operator": e.operator, "where": e.where, "change": e.change} for e in report.unused
        ],
        "notes": list(report.notes),
        "seconds": dict(report.seconds),
    }


def _outcome_json(outcome: Outcome) -> dict[str, str]:
    mutant = outcome.mutant
    out = {
        "slo": outcome.slo,
        "rule": mutant.rule,
        "operator": mutant.operator,
        "where": mutant.where,
        "change": mutant.change,
        "fate": outcome.fate.value,
    }
    if outcome.fate is Fate.EQUIVALENT:
        return {**out, "reason": outcome.said}
    return {**out, "proof": outcome.proof, "case": outcome.case} if outcome.proof else out


def _by(outcome: Outcome) -> str:
    if outcome.fate is Fate.EQUIVALENT:
        return f", because {outcome.said}"
    if outcome.fate is Fate.REFUSED:
        return f": {outcome.said}"
    return f", by {outcome.proof}: {outcome.case}" if outcome.proof else ""


def _table(title: str, counted: Iterable[tuple[str, Fate]]) -> Iterator[str]:
    counts = Counter(counted)
    names = list(dict.fromkeys(name for name, _ in counts))
    rows = [[name, *(str(counts[name, fate]) for fate in COLUMNS)] for name in names]
    yield from _aligned([[title, "killed", "by rule error", "equivalent", "survived"], *rows])


def _kills(report: Report) -> Iterator[str]:
    kills = Counter(o.proof for o in report.outcomes if o.fate in KILLS)
    cases = Counter((o.proof, o.case) for o in report.outcomes if o.fate in KILLS)
    took = dict(report.seconds)
    names = sorted({*kills, *took}, key=lambda proof: -kills[proof])
    rows = [[p, str(kills[p]), str(sum(q == p for q, _ in cases)), f"{took.get(p, 0):.1f}"] for p in names]
    yield from _aligned([["proof", "kills", "cases that killed", "slowest, s"], *rows])


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for first, *rest in rows:
        cells = (first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)))
        yield "  ".join(cells)
    yield ""


def _percent(share: float) -> str:
    # Never rounded up to a whole: one survivor among ten thousand is not 100 %.
    return "100 %" if share == 1 else f"{int(share * 10_000) / 100:g} %"
