"""A difference is claimed where there is one, and hardly ever where there is none."""

import json
import math
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relrails.cli import main
from relrails.judge.perf import LEAST, Limits, Refused, Series, Verdict, compare, overall, p_value, summary
from relrails.judge.perf.comparing import holm
from relrails.judge.perf.mann_whitney import EXACT, doubled_ranks
from relrails.judge.perf.summary import shift
from relrails.perf import page, plot, report, running, samples
from relrails.perf.machine import fingerprint, unlike
from relrails.perf.samples import Run, Samples

# The example of benchstat's documentation: cmd/benchstat/main.go of golang.org/x/perf, "Encode/format=gob-48".
GOB = (3069, 3075, 3069, 3067, 3207, 3064, 3064, 3058, 3059, 3062)
GOB_AFTER = (3075, 3065, 3059, 3065, 3060, 3081, 3186, 3135, 3087, 3062)
JSON = (1726, 1723, 1707, 1707, 1713, 1729, 1736, 1707, 1705, 1774)
JSON_AFTER = (1423, 1416, 1411, 1413, 1412, 1426, 1422, 1424, 1447, 1425)

SMALL = st.lists(st.integers(0, 4).map(float), min_size=1, max_size=6)


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - chance that repeats


def series(before: Sequence[float], after: Sequence[float], control: Sequence[float] | None = None) -> Series:
    return Series(metric="cpu", before=before, after=after, control=before if control is None else control)


def by_counting(one: Sequence[float], other: Sequence[float]) -> float:
    """Every choice written out: slow, and plain to see."""
    ranks = doubled_ranks([*one, *other])
    sums = Counter(sum(chosen) for chosen in combinations(ranks, len(one)))
    mine, every = sum(ranks[: len(one)]), sum(sums.values())
    below = sum(count for total, count in sums.items() if total <= mine)
    above = sum(count for total, count in sums.items() if total >= mine)
    return min(1.0, 2 * min(below, above) / every)


def test_the_example_of_benchstat_has_the_p_value_that_it_prints() -> None:
    assert round(p_value(GOB, GOB_AFTER), 4) == 0.4461
    assert p_value(JSON, JSON_AFTER) == pytest.approx(2 / math.comb(20, 10))


def test_the_example_of_benchstat_has_the_medians_that_it_prints() -> None:
    assert [round(summary(s).median) for s in (JSON, GOB, GOB_AFTER)] == [1718, 3066, 3070]
    (judged,) = compare([series(JSON, JSON_AFTER)])
    assert round(judged.effect.change, 4) == -0.1720


@given(SMALL, SMALL)
def test_the_p_value_is_that_of_counting_every_choice(one: list[float], other: list[float]) -> None:
    assert p_value(one, other) == pytest.approx(by_counting(one, other), abs=1e-12)


@given(SMALL, SMALL)
def test_the_p_value_does_not_know_which_series_is_which(one: list[float], other: list[float]) -> None:
    assert p_value(one, other) == p_value(other, one)


@given(SMALL, SMALL, st.floats(0.1, 10), st.floats(0, 100))
def test_the_p_value_does_not_depend_on_the_unit(one: list[float], other: list[float], size: float, up: float) -> None:
    def moved(values: list[float]) -> list[float]:
        return [round(value * size + up, 9) for value in values]

    assert p_value(moved(one), moved(other)) == p_value(one, other)


def test_beyond_what_is_counted_the_normal_distribution_is_as_good() -> None:
    draw = dice(5)
    one = [draw.gauss(10, 1) for _ in range(EXACT // 2)]
    other = [draw.gauss(10.3, 1) for _ in range(EXACT // 2)]

    assert p_value([*one, one[0]], other) == pytest.approx(p_value(one, other), abs=0.02)
    assert p_value([3.0] * EXACT, [3.0] * EXACT) == 1.0


def test_counting_is_quick_enough_for_every_series_it_is_done_for() -> None:
    started = time.process_time()
    p_value([n * 1.0 for n in range(EXACT // 2)], [n + 0.5 for n in range(EXACT // 2)])

    assert time.process_time() - started < 2


def test_the_interval_of_a_median_holds_the_true_one_as_often_as_it_says() -> None:
    draw = dice(1)
    for count in (10, 15, 20):
        told = [summary([draw.expovariate(1) for _ in range(count)]) for _ in range(1500)]
        inside = sum(s.low <= math.log(2) <= s.high for s in told) / len(told)
        assert told[0].confidence >= 0.95
        assert inside >= 0.94


def test_the_interval_of_the_shift_holds_the_true_one() -> None:
    draw = dice(2)
    inside = 0
    for _ in range(600):
        before = [draw.expovariate(1) for _ in range(12)]
        after = [draw.expovariate(1) + 0.7 for _ in range(12)]
        low, high = shift(before, after, 0.05)
        inside += low <= 0.7 <= high

    assert inside / 600 >= 0.93


def machine_time(draw: random.Random, count: int, cost: dict[str, float], drift: float) -> Series:
    """What three programs cost that take turns on a machine that is disturbed, and drifts."""
    level = 1.0
    runs: dict[str, list[float]] = {"before": [], "after": [], "control": []}
    for _ in range(count):
        for role in draw.sample(sorted(runs), 3):
            level *= math.exp(draw.gauss(0, drift))
            runs[role].append(cost.get(role, 1.0) * level * (1 + draw.expovariate(25)))
    return Series(metric="cpu", **runs)


@pytest.mark.parametrize("drift", [0.0, 0.01, 0.05])
@pytest.mark.parametrize("count", [10, 20])
def test_identical_programs_are_called_faster_in_less_than_one_run_of_twenty(drift: float, count: int) -> None:
    draw = dice(7)
    verdicts = Counter(compare([machine_time(draw, count, {}, drift)])[0].verdict for _ in range(1500))

    claims = verdicts[Verdict.FASTER] + verdicts[Verdict.SLOWER]
    assert verdicts[Verdict.FASTER] / 1500 <= 0.05
    assert claims / 1500 <= 0.05


def test_identical_programs_with_several_metrics_are_called_faster_no_more_often() -> None:
    draw = dice(11)
    claimed = 0
    for _ in range(400):
        told = [replace(machine_time(draw, 10, {}, 0.0), metric=name) for name in ("cpu", "wall", "memory")]
        claimed += overall(compare(told, Limits(floor=0.0))) in {Verdict.FASTER, Verdict.SLOWER}

    assert claimed / 400 <= 0.05


@pytest.mark.parametrize(("cost", "verdict"), [(0.7, Verdict.FASTER), (1.4, Verdict.SLOWER)])
def test_a_change_of_a_third_is_seen_nearly_always(cost: float, verdict: Verdict) -> None:
    draw = dice(3)
    seen = sum(compare([machine_time(draw, 12, {"after": cost}, 0.01)])[0].verdict is verdict for _ in range(200))

    assert seen / 200 >= 0.97


def test_a_program_that_differs_from_itself_is_too_noisy() -> None:
    base = [1 + n / 1000 for n in range(10)]

    (judged,) = compare([series(base, [v * 1.05 for v in base], control=[v * 1.05 for v in base])])

    assert judged.verdict is Verdict.NOISY
    assert "differs from itself by +5.0%" in judged.why


def test_a_change_far_beyond_what_the_control_shows_is_still_claimed() -> None:
    base = [1 + n / 1000 for n in range(10)]

    (judged,) = compare([series(base, [v * 0.3 for v in base], control=[v * 1.05 for v in base])])

    assert judged.verdict is Verdict.FASTER
    assert judged.floor == pytest.approx(0.1)


def test_a_change_that_is_certain_and_too_small_to_matter_is_no_difference() -> None:
    base = [1 + n / 10000 for n in range(20)]

    (judged,) = compare([series(base, [v * 0.99 for v in base])])

    assert judged.verdict is Verdict.SAME
    assert judged.corrected_p < 0.001


def test_noise_in_which_a_change_could_hide_is_not_called_no_difference() -> None:
    wide = [1.0, 5.0] * 6

    (judged,) = compare([series(wide, list(reversed(wide)))])

    assert judged.verdict is Verdict.NOISY
    assert "could hide" in judged.why


def test_constant_series_are_no_difference_and_the_clock_is_doubted() -> None:
    (judged,) = compare([series([2.0] * 10, [2.0] * 10)])

    assert judged.verdict is Verdict.SAME
    assert judged.effect.p == 1.0
    assert "too coarse" in report.sentence(judged)


def test_two_constants_that_differ_are_a_difference() -> None:
    (judged,) = compare([series([2.0] * 10, [1.0] * 10)])

    assert judged.verdict is Verdict.FASTER


def test_series_of_few_values_with_many_ties_are_judged() -> None:
    (judged,) = compare([series([1.0, 2.0] * 5, [1.0, 2.0] * 5)])

    assert judged.effect.p == 1.0


@pytest.mark.parametrize("place", ["before", "after", "control"])
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0] * (LEAST - 1), "9 runs"),
        ([], "0 runs"),
        ([1.0] * 9 + [math.nan], "no measurement"),
        ([math.inf] + [1.0] * 9, "no measurement"),
        ([1.0] * 9 + [-1.0], "no measurement"),
    ],
)
def test_what_cannot_be_judged_is_refused(place: str, values: list[float], said: str) -> None:
    told = {"before": [1.0] * 10, "after": [1.0] * 10, "control": [1.0] * 10, place: values}

    with pytest.raises(Refused, match=said):
        compare([series(told["before"], told["after"], told["control"])])


def test_a_median_of_zero_is_refused() -> None:
    with pytest.raises(Refused, match="measure something longer"):
        compare([series([0.0] * 10, [1.0] * 10)])


def test_holm_multiplies_the_smallest_by_all_and_the_largest_by_one() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})


def stored(name: str, values: Sequence[float], first: int = 0, **fields: Any) -> Samples:
    runs = [Run(turn=first + 3 * n, costs={"cpu": value}) for n, value in enumerate(values)]
    told: dict[str, Any] = {"units": {"cpu": "s"}, "session": "s", "machine": {"cpu": "x", "cores": 2}, **fields}
    return Samples(name=name, runs=runs, **told)


def pair(factor: float = 0.5) -> tuple[Samples, Samples]:
    values = [0.02 + n / 100000 for n in range(12)]
    control = stored("control", values, 2).runs
    return stored("old", values, control=control), stored("new", [v * factor for v in values], 1)


def test_samples_are_read_as_they_were_written(tmp_path: Path) -> None:
    before, after = pair()
    for told in (before, after):
        (tmp_path / "file.json").write_text(samples.printed(told))
        again = samples.read(tmp_path / "file.json")
        assert samples.printed(again) == samples.printed(told)


def test_runs_that_did_not_take_turns_show_nothing() -> None:
    before, after = pair()

    found = report.reported(before, replace(after, session="other"), Limits())

    assert found.found[0].verdict is Verdict.FASTER
    assert found.verdict is Verdict.NOISY
    assert "did not take turns" in found.doubts[0]


def test_series_of_different_machines_show_nothing() -> None:
    before, after = pair()

    found = report.reported(before, replace(after, machine={"cpu": "y", "cores": 2}), Limits())

    assert found.verdict is Verdict.NOISY
    assert "cpu: x and y" in found.doubts[0]


def test_a_series_without_a_control_is_refused() -> None:
    before, after = pair()

    with pytest.raises(Refused, match="no control"):
        report.reported(replace(before, control=()), after, Limits())


def test_the_fingerprint_names_no_machine() -> None:
    import platform

    told = json.dumps(fingerprint())

    assert platform.node() not in told or len(platform.node()) < 4
    assert str(Path.home()) not in told
    assert unlike(fingerprint(), fingerprint()) == []


class Reader(HTMLParser):
    """Notes what is opened and closed, and everything that could be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.circles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.circles += tag == "circle"
        self.fetched += [str(value) for name, value in attrs if name in {"src", "href", "xlink:href", "action"}]
        if tag in {"script", "link", "img", "iframe", "object"}:
            self.fetched.append(tag)
        if tag in {"meta", "br"}:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_else_and_shows_every_run() -> None:
    found = report.reported(*pair(), Limits())
    text = page.page(found)
    reader = Reader()
    reader.feed(text)

    assert reader.open == []
    assert reader.fetched == []
    assert "url(" not in text
    assert "@import" not in text
    assert re.findall(r"https?://[^\"' ]+", text.replace('xmlns="http://www.w3.org/2000/svg"', "")) == []
    assert reader.circles == 2 * 36 + 3  # strips and turns, and three in the legend


def test_the_page_is_the_same_bytes_for_the_same_samples() -> None:
    assert page.page(report.reported(*pair(), Limits())) == page.page(report.reported(*pair(), Limits()))


def test_names_do_not_break_out_of_the_page() -> None:
    before, after = pair()
    odd = "<script>alert(1)</script>\"'&"

    text = page.page(report.reported(replace(before, name=odd, command=[odd]), replace(after, name=odd), Limits()))

    assert "<script" not in text


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
@example([5e-324])  # the smallest number there is: a tenth of it is none
@example([0.0, 5e-324])
@example([1e6, math.nextafter(1e6, 0)])
def test_every_value_has_its_place_on_a_scale(values: list[float]) -> None:
    made = plot.scale(values, 90, 700)

    assert all(90 - 1e-6 <= made.at(value) <= 700 + 1e-6 for value in values)
    assert all(made.low - 1e-9 <= tick <= made.high * (1 + 1e-9) for tick in made.ticks)
    assert 1 <= len(made.ticks) <= 16


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.01398, "s", "13.98 ms"),
        (2.5, "s", "2.5 s"),
        (3.1e-6, "s", "3.1 µs"),
        (0.0, "s", "0 s"),
        (1980, "µs", "1980 µs"),
    ],
)
def test_quantities_are_written_with_four_digits(value: float, unit: str, shown: str) -> None:
    assert report.quantity(value, unit) == shown


PYTHON = [sys.executable, "-S", "-E", "-c"]
IDLE, BUSY = [*PYTHON, "pass"], [*PYTHON, "sum(range(4_000_000))"]


def test_two_programs_take_turns_and_the_slower_one_is_found() -> None:
    before, after = running.measure(IDLE, BUSY, running.Plan(runs=10, warmups=1))

    turns = sorted(run.turn for run in (*before.runs, *before.control, *after.runs))
    assert turns == list(range(30))
    assert before.session == after.session
    assert all(run.costs["wall"] > 0 for run in after.runs)
    first = [min(runs, key=lambda named: named[0])[1] for runs in _rounds(before, after)]
    assert set(first) == {"before", "after", "control"}
    assert report.reported(before, after, Limits(), ["cpu"]).verdict is Verdict.SLOWER


def _rounds(before: Samples, after: Samples) -> list[list[tuple[int, str]]]:
    """The turns and names of each round of three."""
    named = {"before": before.runs, "after": after.runs, "control": before.control}
    rounds: list[list[tuple[int, str]]] = [[] for _ in before.runs]
    for name, runs in named.items():
        for each in runs:
            rounds[each.turn // 3].append((each.turn, name))
    return rounds


def test_cpu_time_counts_what_the_program_waited_for() -> None:
    child = "import subprocess,sys; subprocess.run([sys.executable,'-S','-c','sum(range(6_000_000))'])"
    costs = running._once([*PYTHON, child], 60)
    alone = running._once([*PYTHON, "import subprocess,sys"], 60)

    assert costs["cpu"] > alone["cpu"] + 0.02


@pytest.mark.parametrize(
    ("command", "timeout", "said"),
    [
        ([*PYTHON, "import sys; print('oh no'); sys.exit(3)"], 60, "ended with 3.*oh no"),
        ([*PYTHON, "import time; time.sleep(60)"], 0.3, "did not end within 0.3 s"),
        (["/nowhere/program"], 60, "cannot be started"),
    ],
)
def test_a_program_that_does_not_do_its_work_is_refused(command: list[str], timeout: float, said: str) -> None:
    with pytest.raises(Refused, match=re.compile(said, re.DOTALL)):
        running.measure(command, IDLE, running.Plan(timeout_seconds=timeout, warmups=0))


def test_secrets_among_the_arguments_are_not_kept() -> None:
    assert running.masked(["load", "--token", "hunter2", "--rate=5"]) == ["load", "--token", "***", "--rate=5"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["perf", "compare", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def files(folder: Path, factor: float) -> tuple[str, str]:
    before, after = pair(factor)
    (folder / "before.json").write_text(samples.printed(before))
    (folder / "after.json").write_text(samples.printed(after))
    return str(folder / "before.json"), str(folder / "after.json")


@pytest.mark.parametrize(
    ("factor", "code", "verdict"), [(0.5, 0, "faster"), (1.0, 0, "no difference"), (2.0, 1, "slower")]
)
def test_the_exit_code_says_what_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], factor: float, code: int, verdict: str
) -> None:
    ended, out, _ = run(capsys, *files(tmp_path, factor))

    assert ended == code
    assert out.splitlines()[-1].startswith(verdict)


def test_json_and_html_say_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = files(tmp_path, 0.5)

    assert json.loads(run(capsys, *told, "--format", "json")[1])["verdict"] == "faster"
    assert run(capsys, *told, "--format", "html")[1].startswith("<!DOCTYPE html>")


def test_samples_and_report_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = files(tmp_path, 0.5)

    run(capsys, *told, "--save", str(tmp_path / "kept"))

    assert sorted(p.name for p in (tmp_path / "kept").iterdir()) == [
        *("after.json", "before.json", "report.html", "report.txt")
    ]
    assert run(capsys, str(tmp_path / "kept/before.json"), str(tmp_path / "kept/after.json"))[0] == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[]", "no samples file"),
        ('{"schema": "relrails.dev/perf-samples/v1"}', "units"),
        ('{"schema": "relrails.dev/perf-samples/v1", "units": {"cpu": "s"}, "runs": {}}', "must be a list"),
        ('{"schema": "relrails.dev/perf-samples/v1", "units": {"cpu": "s"}, "runs": [{}]}', "runs/0 does not hold cpu"),
        ('{"schema": "relrails.dev/perf-samples/v1", "units": {"cpu": "s"}, "runs": [{"cpu": NaN}]}', "nan"),
        ('{"schema": "relrails.dev/perf-samples/v1", "units": {"cpu": "s"}, "runs": [{"cpu": true}]}', "True"),
        ('{"schema": "relrails.dev/perf-samples/v1", "units": {"cpu": "s"}, "runs": []}', "no control"),
    ],
)
def test_a_bad_file_is_refused_and_the_place_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text)

    code, _, err = run(capsys, str(file), str(file))

    assert code == 3
    assert said in err


def test_what_is_no_file_is_refused_and_the_option_for_programs_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "python old.py", "python new.py")

    assert code == 3
    assert "--command" in err


def test_a_program_that_fails_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    failing = f"{sys.executable} -S -E -c 1/0"

    code, _, err = run(capsys, "--command", failing, failing, "--runs", "10")

    assert code == 2
    assert "ZeroDivisionError" in err


def test_a_metric_that_nobody_measured_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, *files(tmp_path, 1), "--metric", "memory")

    assert code == 3
    assert "there are: cpu" in err
