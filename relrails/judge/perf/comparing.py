"""The verdict on a change: faster, slower, no difference shown, or too noisy to say.

A difference is claimed only where chance alone would rarely bring it about (Mann–Whitney, Holm's correction over the
metrics), where it is large enough to matter, and where it is more than twice what the control shows: the same program
measured against itself, in the same minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from relrails.judge.perf.mann_whitney import p_value
from relrails.judge.perf.samples import Refused, checked
from relrails.judge.perf.summary import Summary, shift, summary


class Verdict(StrEnum):
    """What a comparison came to; every metric is a cost, so that less of it is faster."""

    FASTER = "faster"
    SLOWER = "slower"
    SAME = "no difference shown"
    NOISY = "too noisy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """`alpha` is how often chance alone may look like a difference, `floor` the least change that matters, as a share.

    A change up to `blind` that could hide in the noise makes a comparison too noisy to say that nothing changed.
    """

    alpha: float = 0.05
    floor: float = 0.02
    blind: float = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """The measurements of one metric; `control` are those of the program before, measured a second time."""

    metric: str
    before: Sequence[float]
    after: Sequence[float]
    control: Sequence[float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """Two series against each other: the change of the median as a share, its interval, and the p-value."""

    change: float
    low: float
    high: float
    p: float

    def differs(self, limits: Limits) -> bool:
        """Whether it is a difference by itself."""
        return self.p <= limits.alpha and abs(self.change) >= limits.floor


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """One metric before and after; `floor` is what the change had to reach, `why` says the verdict in a sentence."""

    metric: str
    verdict: Verdict
    why: str
    before: Summary
    after: Summary
    effect: Contrast
    control: Contrast
    corrected_p: float
    floor: float
    constant: bool


def compare(series: Iterable[Series], limits: Limits | None = None) -> tuple[Comparison, ...]:
    """Judge every metric; raises Refused for fewer than ten runs, what is no measurement, and medians of zero."""
    told, limits = [_checked(one) for one in series], limits or Limits()
    effects = {one.metric: contrast(one.before, one.after, one.metric, limits) for one in told}
    corrected = holm({metric: effect.p for metric, effect in effects.items()})
    return tuple(_judged(one, effects[one.metric], corrected[one.metric], limits) for one in told)


def overall(found: Iterable[Comparison]) -> Verdict:
    """Sum up all metrics: a slower one is not made good by a faster one, and a noisy one hides neither."""
    verdicts = {one.verdict for one in found}
    order = (Verdict.SLOWER, Verdict.FASTER, Verdict.NOISY, Verdict.SAME)
    return next((verdict for verdict in order if verdict in verdicts), Verdict.NOISY)


def contrast(before: Sequence[float], after: Sequence[float], metric: str, limits: Limits) -> Contrast:
    """Hold one series against the other."""
    base = summary(before).median
    if base == 0:
        msg = f"the median of {metric} before is 0, so no change of it is a share; fix: measure something longer"
        raise Refused(msg)
    low, high = shift(before, after, limits.alpha)
    change = summary(after).median / base - 1
    return Contrast(change=change, low=low / base, high=high / base, p=p_value(before, after))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Correct p-values for there being several, so that one of them looks like a difference no more often than alpha.

    Source: Holm 1979.
    """
    corrected, highest = {}, 0.0
    for place, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        highest = max(highest, min(1.0, p * (len(p_values) - place)))
        corrected[name] = highest
    return corrected


def _checked(one: Series) -> Series:
    return Series(
        metric=one.metric,
        before=checked(one.before, f"{one.metric} before"),
        after=checked(one.after, f"{one.metric} after"),
        control=checked(one.control, f"{one.metric} of the control"),
    )


def _judged(one: Series, effect: Contrast, corrected: float, limits: Limits) -> Comparison:
    control = contrast(one.before, one.control, one.metric, limits)
    floor = max(limits.floor, 2 * abs(control.change))
    before, after = summary(one.before), summary(one.after)
    # Of two heaps far apart, the pairs' differences tell little: then the intervals of the medians tell more.
    wide = max(before.high - before.low, after.high - after.low) / 2 / before.median
    hidden = max(abs(effect.low), abs(effect.high), wide)
    verdict, why = _verdict(replace(effect, p=corrected), control, hidden, floor, limits)
    return Comparison(
        metric=one.metric,
        verdict=verdict,
        why=why,
        before=before,
        after=after,
        effect=effect,
        control=control,
        corrected_p=corrected,
        floor=floor,
        constant=len({*one.before, *one.after, *one.control}) == 1,
    )


def _verdict(effect: Contrast, control: Contrast, hidden: float, floor: float, limits: Limits) -> tuple[Verdict, str]:
    """Judge an effect whose p-value is corrected; `hidden` is the change that might have gone unseen."""
    chance = "p<0.001" if effect.p < 0.001 else f"p={effect.p:.2g}"
    if effect.p <= limits.alpha and abs(effect.change) >= floor:
        verdict = Verdict.FASTER if effect.change < 0 else Verdict.SLOWER
        return verdict, f"chance alone rarely does this ({chance}), and it is beyond {floor:.1%}"
    if control.differs(limits):
        return Verdict.NOISY, f"the same program differs from itself by {control.change:+.1%}"
    if effect.p <= limits.alpha:
        return Verdict.SAME, f"it is more than chance ({chance}), and less than {floor:.1%}, which is what matters here"
    if hidden > max(limits.blind, limits.floor):
        return Verdict.NOISY, f"a change of {hidden:.0%} could hide in this noise ({chance})"
    return Verdict.SAME, f"a change beyond {hidden:.1%} would have shown ({chance})"
