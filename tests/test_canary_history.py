"""The stable version's past is parted into steps: each sample is in exactly one of them."""

import pytest

from relrails.live.canary.history import between
from relrails.live.prometheus import Point, Series

SERIES = Series({"__name__": "a_total"}, tuple(Point(at=at, value=at) for at in (0.0, 15.0, 30.0, 45.0, 60.0)))


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (0.0, 30.0, [15.0, 30.0]),
        (30.0, 60.0, [45.0, 60.0]),
        (1.0, 29.0, [15.0]),
        (float("-inf"), 0.0, [0.0]),
        (60.0, 90.0, None),
        (16.0, 29.0, None),
    ],
)
def test_a_window_has_its_end_and_not_its_beginning(begin: float, end: float, expected: list[float] | None) -> None:
    found = between(SERIES, begin, end)

    assert (None if found is None else [point.at for point in found.points]) == expected


def test_windows_side_by_side_share_no_sample_and_lose_none() -> None:
    windows = [between(SERIES, begin, begin + 15) for begin in (-15.0, 0.0, 15.0, 30.0, 45.0)]

    assert [point for window in windows if window for point in window.points] == list(SERIES.points)
