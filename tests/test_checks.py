"""Every check flags what its manual page says, nothing else, and shows it as its snapshot does."""

import ast
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from check_examples import examples, write

import relrails.checks
from relrails.checks import Check, UnknownCodeError, checks, explain, run
from relrails.checks._expression import FUNCTIONS
from relrails.checks._fields import misfits
from relrails.checks.promql_newer_than_target import NEWER
from relrails.loader import load
from relrails.problems import Problem, Severity, draw
from relrails.promtool import Promtool
from relrails.service import Service
from relrails.slo import SLO
from relrails.toolchain import Tool
from relrails.units import GiB, days, minutes, ms, percent

TODAY = date(2026, 1, 15)
SNAPSHOTS = Path(__file__).parent / "problems"
ALL = list(checks().values())


def found(example: str, root: Path) -> list[Problem]:
    """Load and check the project that an example stands for."""
    loaded = load(write(example, root))
    return [*loaded.problems, *run(loaded.services, TODAY)]


def flagged() -> list[object]:
    return [
        pytest.param(check, example, id=f"{check.code}-{n}")
        for check in ALL
        for n, example in enumerate(examples(check, "Flagged"), 1)
    ]


def fine() -> list[object]:
    return [
        pytest.param(check, example, id=f"{check.code}-{n}")
        for check in ALL
        for n, example in enumerate(examples(check, "Fine"), 1)
    ]


@pytest.mark.parametrize(("check", "example"), flagged())
def test_what_a_manual_page_flags_is_that_fault_and_no_other(check: Check, example: str, tmp_path: Path) -> None:
    problems = found(example, tmp_path)

    waived = set(re.findall(r"allow ([\w-]+/[\w-]+)", example))
    assert {p.code for p in problems} - waived == {check.code}, "\n\n".join(draw(p, tmp_path) for p in problems)
    assert {p.severity for p in problems if p.code == check.code} == {check.severity}


@pytest.mark.parametrize(("check", "example"), fine())
def test_what_a_manual_page_calls_fine_has_no_problem(check: Check, example: str, tmp_path: Path) -> None:
    problems = found(example, tmp_path)

    assert problems == [], "\n\n".join(draw(p, tmp_path) for p in problems)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.code)
def test_the_drawn_message_is_the_snapshot(check: Check, tmp_path: Path) -> None:
    drawn = [
        draw(problem, tmp_path / str(n)) + "\n"
        for n, example in enumerate(examples(check, "Flagged"))
        for problem in found(example, tmp_path / str(n))
    ]
    snapshot = SNAPSHOTS / f"{check.code.replace('/', '_').replace('-', '_')}.txt"
    if os.environ.get("UPDATE_PROBLEMS"):
        SNAPSHOTS.mkdir(exist_ok=True)
        snapshot.write_text("\n".join(drawn), encoding="utf-8")

    assert snapshot.read_text(encoding="utf-8") == "\n".join(drawn), "UPDATE_PROBLEMS=1 writes it anew"


NOT_WRITTEN_AS_TEXT = {  # faults of folders, of file names, of bytes, and of ourselves: see test_loader.py
    "relrails/check-failed",
    "service/file-name",
    "service/no-folder",
    "service/none-found",
    "service/not-utf-8",
}


def test_every_check_is_a_file_named_after_the_fault_with_a_manual_page() -> None:
    files = {p.stem for p in Path(relrails.checks.__file__).parent.glob("*.py") if not p.name.startswith("_")}

    assert {c.code.replace("/", "_").replace("-", "_") for c in ALL} == files
    for check in ALL:
        first, empty, *_ = explain(check.code).split("\n")
        assert first.endswith(".")
        assert empty == ""
        both = bool(examples(check, "Flagged")) and bool(examples(check, "Fine"))
        assert both != (check.code in NOT_WRITTEN_AS_TEXT), check.code


def test_no_snapshot_is_left_over() -> None:
    assert {p.stem for p in SNAPSHOTS.iterdir()} == {c.code.replace("/", "_").replace("-", "_") for c in ALL}


def test_messages_keep_the_house_style() -> None:
    for snapshot in sorted(SNAPSHOTS.glob("*.txt")):
        for line in snapshot.read_text(encoding="utf-8").split("\n"):
            said = re.match(r"(?:(?:error|warning|note)\[[^]]+\]|  += (?:why|fix)): (.*)|  +\| +[\^-]+ (.*)", line)
            text = next((g for g in said.groups() if g), "") if said else ""
            assert not re.search(r"\b(please|invalid|just|simply|obviously)\b", text, re.IGNORECASE), (snapshot, line)
            assert not text.endswith((".", "?", "!")), (snapshot, line)
            names = r"SLO\b|Prometheus\b|Python\b|RE2\b|Alertmanager\b|System|JSON|Service|Err|[A-Z]\w+ (has|takes)"
            assert not text[:1].isupper() or re.match(names, text), (snapshot, line)


def test_explaining_an_unknown_code_names_the_nearest() -> None:
    assert explain("slo/no-error-budget").startswith("An objective that leaves no error budget.\n")
    with pytest.raises(UnknownCodeError, match="there is no slo/no-eror-budget; slo/no-error-budget is near"):
        explain("slo/no-eror-budget")


def test_the_services_of_this_repository_have_nothing_but_notes() -> None:
    loaded = load(Path(__file__).parent.parent / "services")

    problems = [*loaded.problems, *run(loaded.services, TODAY)]

    assert {p.severity for p in problems} <= {Severity.NOTE}, "\n\n".join(draw(p) for p in problems)


def test_all_problems_of_all_files_come_in_one_run_in_the_order_of_the_files(tmp_path: Path) -> None:
    folder = write('Service(..., name="b", owner="")\nService(..., name="a", owner="", runbook="x")\n', tmp_path)

    problems = run(load(folder).services, TODAY)

    assert [(Path(p.labels[0].span.file).name, p.code) for p in problems] == [
        ("service_1.py", "service/no-owner"),
        ("service_2.py", "service/no-owner"),
        ("service_2.py", "service/runbook-not-a-url"),
    ]


def test_a_check_that_crashes_is_a_problem_and_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(slo: SLO) -> Iterator[Problem]:
        yield from ()
        raise ZeroDivisionError(slo.name)

    broken = Check(code="slo/a", severity=Severity.ERROR, waivable=True, manual="", takes=("slo",), find=crash)
    monkeypatch.setattr("relrails.checks._run.checks", lambda: {"slo/a": broken, **checks()})

    problems = found('Service(..., owner="")\n', tmp_path)

    assert {p.code for p in problems} == {"relrails/check-failed", "service/no-owner"}
    failed = next(p for p in problems if p.code == "relrails/check-failed")
    assert failed.what == "the check slo/a failed: ZeroDivisionError: availability"
    assert failed.labels


# A value of another type


EVERYTHING = """
SLO(..., by=("region",), tiers=(BurnTier(..., factor=10), BurnTier(..., severity="ticket", factor=2)))
SLO(..., sli=sli.Latency(...))
SLO(..., sli=sli.Correctness(..., good=jobs.where(outcome="ready")))
SLO(..., sli=sli.ProbeSuccess(...))
SLO(..., sli=sli.Freshness(...))
SLO(..., sli=sli.Ratio(...))
""".strip().split("\n")
JUNK: list[Any] = [
    None, 3, -1, 2.5, True, "x", "", b"x", [], (), ("x",), (None,), {}, object(), type, float("nan"),
    5 * GiB, 5 * minutes, -5 * minutes, 0.5 * ms, 99 * percent, float("inf") * percent, float("nan") * days,
]  # fmt: skip


def places(thing: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to every field of every object in a service."""
    for field in fields(thing):
        if field.name == "source":
            continue
        yield (*path, field.name)
        value = getattr(thing, field.name)
        for index, item in enumerate(value) if isinstance(value, tuple) else ():
            if is_dataclass(item):
                yield from places(item, (*path, field.name, index))
        if is_dataclass(value):
            yield from places(value, (*path, field.name))


def put(thing: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Copy an object with one value in it replaced."""
    first, *rest = path
    if isinstance(first, int):
        return (*thing[:first], put(thing[first], tuple(rest), value), *thing[first + 1 :])
    return replace(thing, **{first: put(getattr(thing, first), tuple(rest), value) if rest else value})


@pytest.mark.parametrize("slo", EVERYTHING, ids=lambda text: text[9:30])
def test_a_value_of_another_type_gives_one_problem_and_hides_no_other(slo: str, tmp_path: Path) -> None:
    given = 'owner="", retention=45 * days, external_labels=("cluster",), traffic=Traffic(...)'
    folder = write(f"{slo}\nService(..., {given})\n", tmp_path)
    service = load(folder).services[0]
    assert {p.code for p in run([service], TODAY)} == {"service/no-owner"}
    assert tried(service, [p for p in places(service) if slo == EVERYTHING[0] or "sli" in p]) > 50


JOURNEY = """
shop = Target(name="shop", url="https://shop.example.com", networks=("10.0.0.0/8",))
journey = Journey(
    ...,
    target=shop,
    every=5 * minutes,
    timeout=60 * seconds,
    steps=(
        Poll(..., request=get("/orders", query={"open": "1"}), expect=(expect.body(matches="^a"),)),
        Step(
            ...,
            request=post("/orders", headers={"X-Tenant": "a"}, json={"id": "{run_id}"}, target=shop),
            expect=(expect.status(200), expect.header("x-a"), expect.json("$.id", matches="^a")),
            extract=(extract("$.id", to="order", sensitive=True),),
            shared="auth",
            writes=True,
        ),
        Step(..., name="sum", request=post("/sums", form={"key": secret("env:KEY")}), expect=(expect.zip_manifest(),)),
        Step(..., name="undo", request=delete("/orders"), always=True, scored=False),
    ),
    retry=Retry(...),
    page=Page(failures=3, of=5),
    flaky=Flaky(above=5 * percent, over=6 * hours),
)
Service(
    ...,
    owner="",
    journeys=(journey,),
    runs="https://probes.example.com",
    traces="https://tempo.example.com/{trace_id}",
    scrapes=(Scrape(..., credentials=secret("file:/run/token")),),
    page=notify.PagerDuty(routing_key=secret("file:/run/key")),
    ticket=notify.Slack(api_url=secret("file:/run/slack"), channel="#shop"),
)
"""


def test_a_value_of_another_type_in_a_journey_gives_one_problem_and_hides_no_other(tmp_path: Path) -> None:
    service = load(write(JOURNEY, tmp_path)).services[0]
    assert {p.code for p in run([service], TODAY)} == {"service/no-owner"}

    ways = [p for p in places(service) if {"journeys", "scrapes", "page", "ticket"} & set(p)]
    assert tried(service, ways, (None, "x", (None,), 5 * minutes)) > 150


def tried(service: Service, paths: Iterable[tuple[Any, ...]], junk_values: Iterable[Any] = JUNK) -> int:
    """Put junk into one field after another, and count the junk that does not fit."""
    tried = 0
    ways = {path[-3:]: path for path in paths}
    for path in ways.values():
        for junk in junk_values:
            broken = put(service, path, junk)
            problems = run([broken], TODAY)
            told = f"{path} = {junk!r}: {[(p.code, p.what) for p in problems]}"
            codes = [p.code for p in problems]
            assert "relrails/check-failed" not in codes, told
            if not list(misfits(broken)):
                continue
            tried += 1
            if path != ("owner",):
                assert "service/no-owner" in codes, told
                codes.remove("service/no-owner")
            assert len(set(codes)) == 1, told
            assert codes[0].startswith(("unit/", "service/wrong-type", "metric/not-a-")), told
    return tried


def test_the_items_of_a_list_are_checked_as_if_it_were_a_tuple(tmp_path: Path) -> None:
    problems = found("SLO(..., window=3 * days)\nService(..., slos=[availability, 3])\n", tmp_path)

    assert [(p.code, p.what) for p in problems] == [
        ("slo/window-too-short", "SLO 'availability' is kept over only 3 d"),
        ("service/wrong-type", "`slos` of Service 'checkout' is a list, not a tuple"),
        ("service/wrong-type", "item 2 of `slos` of Service 'checkout' is 3, not an SLO"),
    ]


# Waivers


def waived(comment: str, root: Path, above: bool = False) -> list[str]:
    """Give the codes that are left when a line with one fault has a comment."""
    lines = [f"    {comment}", "    window=3 * days,"] if above else [f"    window=3 * days,  {comment}"]
    return [p.code for p in found("\n".join(["SLO(", "    ...,", *lines, ")"]) + "\n", root)]


GOOD = "# relrails: allow slo/window-too-short until 2026-01-15, because it is a load test"


def test_a_waiver_holds_on_its_last_day_on_the_line_and_above_it(tmp_path: Path) -> None:
    assert waived(GOOD, tmp_path / "1") == []
    assert waived(GOOD, tmp_path / "2", above=True) == []
    assert waived(f"{GOOD}\n    # and another remark", tmp_path / "3", above=True) == []


def test_a_waiver_ends_on_the_day_after(tmp_path: Path) -> None:
    ended = GOOD.replace("01-15", "01-14")

    assert waived(ended, tmp_path) == ["slo/window-too-short", "waiver/expired"]


def test_a_waiver_for_another_fault_or_on_another_line_allows_nothing(tmp_path: Path) -> None:
    other = GOOD.replace("window-too-short", "window-too-long")

    assert waived(other, tmp_path / "1") == ["slo/window-too-short", "waiver/unused"]
    assert waived(f"{GOOD}\n    by=(),", tmp_path / "2", above=True) == ["waiver/unused", "slo/window-too-short"]


def test_a_waiver_inside_a_string_is_none(tmp_path: Path) -> None:
    problems = found(f'SLO(..., description="{GOOD}", window=3 * days)\n', tmp_path)

    assert [p.code for p in problems] == ["slo/window-too-short"]


def test_two_waivers_above_one_line_allow_two_faults(tmp_path: Path) -> None:
    line = "    # relrails: allow {} until 2026-02-01, because of the migration\n"
    example = (
        "SLO(\n    ...,\n"
        + line.format("slo/window-too-short")
        + line.format("slo/window-exceeds-retention")
        + "    window=3 * days,\n)\nService(..., retention=1 * days)\n"
    )

    assert found(example, tmp_path) == []


def test_a_fault_in_a_helper_can_be_waived_where_it_is_called(tmp_path: Path) -> None:
    folder = write(
        "def promise(days_):\n    return SLO(..., window=days_ * days)\n" + f"availability = promise(3)  {GOOD}\n"
        "Service(..., slos=(availability,))\n",
        tmp_path,
    )

    assert run(load(folder).services, TODAY) == []
    assert [p.code for p in run(load(folder).services, TODAY.replace(day=16))] == [
        "slo/window-too-short",
        "waiver/expired",
    ]


# What Prometheus says


def test_what_needs_a_newer_prometheus_is_refused_by_the_old_and_taken_by_the_new(
    promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    check = checks()["promql/newer-than-target"]
    texts = [ast.literal_eval(e.strip().removeprefix("promql(").removesuffix(")")) for e in examples(check, "Flagged")]
    experimental = {t for t in texts if t.startswith("limitk") or "fill(" in t or " or code" in t}
    files = {text: tmp_path / f"{n}.yml" for n, text in enumerate(texts)}
    for text, file in files.items():
        rule = {"record": "a:b", "expr": text.replace("$window", "5m")}
        file.write_text(json.dumps({"groups": [{"name": "g", "rules": [rule]}]}))
    old = Promtool(next(t for t in promtools if t.version[:2] == (2, 42)))
    new = Promtool(next(t for t in promtools if t.version[0] == 3))

    assert [t for t in texts if old.check_rules([files[t]]).exit_code == 0] == []
    assert [t for t in texts if t not in experimental and new.check_rules([files[t]]).exit_code != 0] == []


def test_the_functions_that_are_offered_and_refused_are_those_of_prometheus_2_42(
    promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    old = Promtool(next(t for t in promtools if t.version[:2] == (2, 42)))

    rules = [{"record": f"a:{function}", "expr": f"{function}()"} for function in (*FUNCTIONS, *sorted(NEWER))]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))

    said = old.check_rules([tmp_path / "rules.yml"]).problems

    unknown = {p.rule for p in said if re.search(r"unknown function|unexpected", p.message)}
    assert [f for f in FUNCTIONS if f"a:{f}" in unknown] == []
    assert [f for f in sorted(NEWER) if f"a:{f}" not in unknown] == []
