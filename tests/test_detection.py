"""When an alert fires and clears: the arithmetic against the formula, a simulation, and rules that read raw series."""

from fractions import Fraction
from itertools import product
from math import floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.detection import measured
from relrails.judge.detection import NEVER, Alert, Bounds, Burn, detection, recovery
from relrails.promtool import Promtool

HOUR = 60
TIERS = {
    "14.4 over 1h": ("14.4", HOUR),
    "6 over 6h": ("6", 6 * HOUR),
    "3 over 1d": ("3", 24 * HOUR),
    "1 over 3d": ("1", 72 * HOUR),
}
RATIOS = ("1", "0.5", "0.1", "0.05", "0.02", "0.01", "0.002")
# Minutes until the long window of a tier is above its limit, at each ratio: t = factor x budget x window / ratio.
# The Site Reliability Workbook, chapter 5, has the first rows; the rest is the same formula by hand. None: never.
MINUTES: dict[tuple[str, str], tuple[float | None, ...]] = {
    ("0.9999", "14.4 over 1h"): (0.0864, 0.1728, 0.864, 1.728, 4.32, 8.64, 43.2),
    ("0.9999", "6 over 6h"): (0.216, 0.432, 2.16, 4.32, 10.8, 21.6, 108),
    ("0.999", "14.4 over 1h"): (0.864, 1.728, 8.64, 17.28, 43.2, None, None),
    ("0.999", "6 over 6h"): (2.16, 4.32, 21.6, 43.2, 108, 216, None),
    ("0.999", "3 over 1d"): (4.32, 8.64, 43.2, 86.4, 216, 432, None),
    ("0.999", "1 over 3d"): (4.32, 8.64, 43.2, 86.4, 216, 432, 2160),
    ("0.995", "14.4 over 1h"): (4.32, 8.64, 43.2, None, None, None, None),
    ("0.99", "6 over 6h"): (21.6, 43.2, 216, None, None, None, None),
    ("0.95", "14.4 over 1h"): (43.2, None, None, None, None, None, None),
    ("0.9", "14.4 over 1h"): (None, None, None, None, None, None, None),
    ("0.9", "3 over 1d"): (432, 864, None, None, None, None, None),
}


@pytest.mark.parametrize(("objective", "tier"), MINUTES)
def test_the_long_window_alone_fires_when_the_formula_says(objective: str, tier: str) -> None:
    factor, window = TIERS[tier]
    threshold = Fraction(factor) * (1 - Fraction(objective))
    alert = Alert(threshold, long=window, short=window)

    for ratio, minutes in zip(RATIOS, MINUTES[objective, tier], strict=True):
        found = detection(alert, Burn(Fraction(ratio)))

        if minutes is None:
            assert found == Bounds(NEVER, NEVER)
        else:
            # Prometheus 3 looks at `window` evaluations, Prometheus 2 at one more; each looks once a minute.
            exact, closed = Fraction(str(minutes)), Fraction(str(minutes)) * (window + 1) / window
            assert exact == threshold * window / Fraction(ratio)
            assert found.earliest in {floor(exact), floor(exact) + 1}
            assert found.latest == floor(closed) + 1


def simulated(alert: Alert, burn: Burn, lasted: int | None = None) -> set[int]:
    """Play each way in which Prometheus may read the windows, an evaluation at a time."""
    bases = {alert.base, max(alert.base - 1, Fraction(1))}
    readings = product((0, 1), bases, (False, True))
    return {_one(alert, burn, lasted, *reading) for reading in readings}


def _one(alert: Alert, burn: Burn, lasted: int | None, edge: int, base: Fraction, at_limit: bool) -> int:  # noqa: PLR0917 - a reading is three things
    """Every window is a list of ratios, and every ratio knows how much of its base window was burning."""
    until = alert.long + edge if lasted is None else lasted
    shares = [Fraction(0)] * (alert.long + 1)
    for minute in range(1, until + (0 if lasted is None else alert.long + 10) + 1):
        burning = min(Fraction(minute), Fraction(until)) - max(minute - base, Fraction(0))
        shares.append(max(burning, Fraction(0)) / base)
        means = [sum(shares[-(n + edge) :]) / (n + edge) for n in (alert.long, alert.short)]
        ratios = [burn.before + (burn.error_ratio - burn.before) * mean for mean in means]
        above = all(r > alert.threshold or (at_limit and r == alert.threshold) for r in ratios)
        if lasted is None and above and sum(shares) * burn.bad_events > alert.minimum_events:
            return minute
        if lasted is not None and minute > lasted and not above:
            return minute - lasted
    return NEVER


percents = st.integers(0, 100).map(lambda n: Fraction(n, 100))


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    short = draw(st.integers(1, 6))
    long = short * draw(st.sampled_from((1, 4, 12)))
    base = draw(st.sampled_from([Fraction(b) for b in ("1", "4/3", "2", "8/3", "4")]))
    least = draw(st.sampled_from((Fraction(0), Fraction(1, 2), Fraction(9, 2))))
    return Alert(draw(st.integers(1, 99).map(lambda n: Fraction(n, 100))), long, short, base, least)


EXACTLY_AT_THE_LIMIT = Alert(Fraction(1, 4), long=4, short=4)
"""After one evaluation of a total outage its windows hold exactly their limit, where floats may fall to either side."""


@given(alerts(), percents, percents, st.sampled_from((10**9, 1, Fraction(1, 7))))
@example(EXACTLY_AT_THE_LIMIT, Fraction(1), Fraction(0), Fraction(10**9))
def test_detection_is_what_a_simulation_gives(alert: Alert, ratio: Fraction, before: Fraction, bad: Fraction) -> None:
    before = min(before, alert.threshold * Fraction(9, 10))
    burn = Burn(ratio, before, Fraction(bad))
    if ratio <= before:
        assert detection(alert, burn).earliest == NEVER
        return

    found = simulated(alert, burn)

    never = Bounds(NEVER, NEVER)
    assert detection(alert, burn) == (never if NEVER in found else Bounds(min(found), max(found)))


@given(alerts(), percents, percents, st.integers(0, 30))
@example(EXACTLY_AT_THE_LIMIT, Fraction(1), Fraction(0), 30)
def test_recovery_is_what_a_simulation_gives(alert: Alert, ratio: Fraction, before: Fraction, more: int) -> None:
    before = min(before, alert.threshold * Fraction(9, 10))
    burn = Burn(ratio, before)
    fires = detection(alert, burn)
    if fires.earliest == NEVER:
        return
    lasted = fires.latest + more

    found = simulated(alert, burn, lasted)

    assert recovery(alert, burn, lasted) == Bounds(min(found), max(found))


@given(alerts(), percents, percents)
def test_a_worse_burn_is_never_noticed_later_nor_a_stricter_objective(
    alert: Alert, one: Fraction, other: Fraction
) -> None:
    mild, severe = (detection(alert, Burn(ratio)).latest for ratio in sorted((one, other)))
    strict, lax = (
        detection(Alert(limit, alert.long, alert.short, alert.base, alert.minimum_events), Burn(Fraction(1))).latest
        for limit in sorted((one, other))
    )

    assert mild == NEVER or severe <= mild
    assert lax == NEVER or strict <= lax


@given(alerts(), st.integers(1, 100).map(lambda n: Fraction(n, 100)))
def test_an_alert_is_silent_within_its_short_window_and_the_formula_says_when(alert: Alert, ratio: Fraction) -> None:
    lasted = alert.long + 10
    if detection(alert, Burn(ratio)).earliest == NEVER:
        return

    found = recovery(alert, Burn(ratio), lasted)

    # t = short x (1 - limit / ratio), and up to a base window until the ratios know that it is over.
    formula = alert.short * (1 - alert.threshold / ratio)
    assert floor(formula) <= found.earliest <= found.latest <= floor(formula + alert.base) + 2
    assert found.latest <= alert.short + alert.base + 1


def test_rules_notice_within_a_minute_of_what_the_raw_series_would(promtool: Promtool) -> None:
    """Ours begin at two recorded sums, once a minute; the other rule reads an hour of raw samples each time."""
    found = measured(promtool)

    assert {ratio: noticed.raw for (ratio, late), noticed in found.items() if not late} == {
        Fraction(1): 1,
        Fraction(1, 2): 2,
        Fraction(1, 10): 9,
        Fraction(1, 20): 18,
    }
    assert {burn: noticed for burn, noticed in found.items() if abs(noticed.ours - noticed.raw) > 1} == {}
