"""A comparison with all that is needed to believe it or not: as text, and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from relrails.judge.perf import Comparison, Limits, Refused, Summary, Verdict, compare, overall
from relrails.perf.machine import unlike
from relrails.perf.samples import Samples, series

_SIZES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Two series, what was found in every metric, and what speaks against believing it."""

    before: Samples
    after: Samples
    found: Sequence[Comparison]
    limits: Limits
    doubts: Sequence[str]

    @property
    def verdict(self) -> Verdict:
        """The verdict over all metrics; what is in doubt shows nothing."""
        return Verdict.NOISY if self.doubts else overall(self.found)


def reported(before: Samples, after: Samples, limits: Limits, metrics: Sequence[str] = ()) -> Report:
    """Compare two series; raises Refused where there is nothing that could be compared."""
    told = series(before, after)
    odd = sorted(set(metrics) - {one.metric for one in told})
    if odd:
        raise Refused(f"there is no metric {odd[0]!a}; there are: {', '.join(one.metric for one in told)}")
    found = compare([one for one in told if not metrics or one.metric in metrics], limits)
    return Report(before=before, after=after, found=found, limits=limits, doubts=tuple(_doubts(before, after)))


def _doubts(before: Samples, after: Samples) -> list[str]:
    doubts = []
    if before.session is None or before.session != after.session:
        doubts.append(
            "the two did not take turns: what the machine did meanwhile looks like a difference of the programs; "
            "fix: `relrails perf compare --command`"
        )
    doubts += [f"they were measured on different machines ({fault})" for fault in unlike(before.machine, after.machine)]
    return doubts


def as_text(report: Report) -> str:
    """Draw a report for a terminal."""
    head = ("metric", "before", "after", "change", "p", "control", "verdict")
    rows = [
        (
            one.metric,
            _summary(one.before, report.before.units[one.metric]),
            _summary(one.after, report.after.units[one.metric]),
            f"{one.effect.change:+.1%} ({one.effect.low:+.1%} to {one.effect.high:+.1%})",
            chance(one.corrected_p),
            f"{one.control.change:+.1%} (p {chance(one.control.p)})",
            one.verdict.value,
        )
        for one in report.found
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]
    notes = [f"{one.metric}: {one.verdict.value}: {sentence(one)}" for one in report.found]
    notes += [f"doubt: {doubt}" for doubt in report.doubts]
    machine = report.before.machine
    where = f"on {machine.get('cpu')}, {machine.get('cores')} cores, {machine.get('system')}, {machine.get('python')}"
    return "\n".join([*lines, "", *notes, where if machine else "on an unknown machine", "", report.verdict.value])


def sentence(one: Comparison) -> str:
    """Say why a metric has its verdict."""
    coarse = "; every run gave the same number: is the clock too coarse?" if one.constant else ""
    return one.why + coarse


def as_json(report: Report) -> dict[str, Any]:
    """Give a report for a program; the raw samples are in their own files."""
    return {
        "schema": "relrails.dev/perf-report/v1",
        "verdict": report.verdict.value,
        "doubts": list(report.doubts),
        "limits": asdict(report.limits),
        "metrics": [
            {**asdict(one), "verdict": one.verdict.value, "unit": report.before.units[one.metric]}
            for one in report.found
        ],
        "commands": {"before": report.before.command, "after": report.after.command},
        "machine": dict(report.before.machine),
    }


def quantity(value: float, unit: str) -> str:
    """Write a number with four digits, seconds with the prefix that suits them."""
    if unit != "s" or value == 0:
        return f"{value:.4g} {unit}".rstrip()
    size, prefix = next(((s, p) for s, p in _SIZES if value >= s), _SIZES[-1])
    return f"{value / size:.4g} {prefix}s"


def between(told: Summary, unit: str) -> str:
    """Write the interval of a median, its unit once."""
    low, _, prefix = quantity(told.low, unit).partition(" ")
    high, _, other = quantity(told.high, unit).partition(" ")
    return f"{low} to {high} {other}".rstrip() if prefix == other else f"{low} {prefix} to {high} {other}"


def chance(p: float) -> str:
    """Write a p-value: below a thousandth, how far below is nobody's matter."""
    return "<0.001" if p < 0.001 else f"{p:.2g}"


def _summary(told: Summary, unit: str) -> str:
    half = max(told.high - told.median, told.median - told.low)
    share = f" ±{half / told.median:.1%}" if told.median else ""
    return f"{quantity(told.median, unit)}{share} (n={told.count})"
