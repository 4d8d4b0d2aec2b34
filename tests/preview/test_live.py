"""Dashboards of a service and its journey, drawn from a real Prometheus that holds some hours of both."""

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from grafana.examples import buy, walked
from real_prometheus import pair_of

from bench.prometheus import fill, serving
from preview.history import HOUR, History
from relrails.cli import main
from relrails.render.grafana import render
from relrails.units import days

pytest.importorskip("matplotlib", reason="the optional extra preview is not installed")

END = 1_790_000_000 // 300 * 300
HISTORY = History(END - 8 * HOUR, END)
SERVICE = replace(walked, slos=tuple(replace(slo, window=7 * days) for slo in walked.slos), journeys=(buy,))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a Prometheus with data."""
    pair, data = pair_of(3), tmp_path_factory.mktemp("preview") / "data"
    data.mkdir()
    fill(pair, data, HISTORY.lines([SERVICE]))
    with serving(pair, data) as client:
        yield client.url


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the generated dashboards, in which commands run."""
    for file in render([SERVICE]):
        path = tmp_path / "generated" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def preview(url: str, *arguments: str) -> int:
    return main(["preview", *arguments, "--prometheus", url, "--to", str(END)])


def words(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314 - written by us a moment ago
    return ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]


def edit(project: Path, board: str, old: str, new: str) -> None:
    file = project / f"generated/grafana/provisioning/dashboards/relrails/{board}.json"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_every_panel_of_every_dashboard_has_data(
    prometheus: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert preview(prometheus) == 0
    said = capsys.readouterr()
    assert said.out.split() == [f"preview/{b}.{e}" for b in ("journeys", "overview", "walked") for e in ("html", "svg")]
    assert not re.search(r"failed|not drawn", said.err)
    for name in ("journeys", "overview", "walked"):
        page = (project / f"preview/{name}.html").read_text(encoding="utf-8")
        asked = json.loads(next(f.text for f in render([SERVICE]) if f.path.endswith(f"/{name}.json")))
        assert page.count("<article") == len([p for p in asked["panels"] if p["type"] != "row"])
        empty = re.findall(r'data-state="no data"[^>]*>\s*<h3[^>]*>([^<]*)', page)
        assert set(empty) <= {"Budget spent by day  (last 7d)", "Burn rate of each day  (last 7d)"}, (
            "which need a whole day"
        )


def test_numbers_are_those_of_prometheus_in_the_units_of_the_panels(prometheus: str, project: Path) -> None:
    assert preview(prometheus, "walked", "journeys") == 0
    service = words((project / "preview/walked.svg").read_text(encoding="utf-8"))
    assert {"0.4×", "99.95%", "99%"} <= set(service), "the burn rate and the objectives"
    assert not [w for w in service if re.fullmatch(r"\d{4,}(\.\d+)?%", w)], "a multiple drawn as a percentage"
    journeys = words((project / "preview/journeys.svg").read_text(encoding="utf-8"))
    assert {"passing", "buy_things", "buy_things pay", "FAILING", "p50", "limit"} & set(journeys)
    assert "buy_things limit" in journeys
    assert "SLOErrorBudgetBurn" in service


def test_the_page_and_the_drawing_need_nothing_and_say_what_they_are(prometheus: str, project: Path) -> None:
    assert preview(prometheus, "journeys") == 0
    for ending in ("html", "svg"):
        text = (project / f"preview/journeys.{ending}").read_text(encoding="utf-8")
        assert "A sketch by relrails, not Grafana&#x27;s drawing" in text
        links = {link for link in re.findall(r'(?:href|src)="([^"]*)"', text) if not link.startswith("#")}
        assert not links
        assert "<script" not in text
        assert prometheus in text
        assert "2026-09-21" in text
    names = re.findall(r' id="([^"]*)"', (project / "preview/journeys.svg").read_text(encoding="utf-8"))
    assert len(names) == len(set(names)), "two drawings share a name, and one would be clipped by the other"


def test_the_same_question_gives_the_same_page(prometheus: str, project: Path) -> None:
    pages = []
    for out in ("one", "two"):
        assert preview(prometheus, "journeys", "--out", out) == 0
        pages.append((project / out / "journeys.html").read_bytes())
    assert pages[0] == pages[1]


def test_a_variable_is_put_into_every_query(prometheus: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview(prometheus, "journeys", "--from", "1h", "--var", "env=nowhere", "--var", "journey=buy_things") == 0
    page = (project / "preview/journeys.html").read_text(encoding="utf-8")
    assert "Environment: nowhere. Journey: buy_things" in page
    assert "1h from 2026" in page
    assert "env=~&quot;nowhere&quot;" in page
    assert "no data" in words((project / "preview/journeys.svg").read_text(encoding="utf-8"))
    assert re.search(r"\d+ no data", capsys.readouterr().err)


def test_a_query_that_fails_is_said_in_its_panel_and_by_the_exit_code(
    prometheus: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, "journeys", "min(up{", "min(up[5m]{")
    assert preview(prometheus, "journeys") == 2
    found = words((project / "preview/journeys.svg").read_text(encoding="utf-8"))
    assert [w for w in found if w.startswith("A: the server refused the query")]
    assert "passing" in found, "the other panels are drawn"
    assert "Runner: A: the server refused the query" in capsys.readouterr().err


def test_a_server_that_is_away_is_said_in_every_panel(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview("http://127.0.0.1:9", "journeys") == 2
    page = (project / "preview/journeys.html").read_text(encoding="utf-8")
    assert page.count('data-state="failed"') == page.count("<article")
    assert "the server cannot be reached" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "there is no dashboard 'nobody'"),
        (["journeys", "--var", "env"], "is not NAME=VALUE"),
        (["journeys", "--var", "region=eu"], "has no variable 'region'"),
        (["journeys", "--from", "soon"], "no duration"),
        (["journeys", "--generated", "elsewhere"], "there is no dashboard 'journeys'"),
        (["--generated", "elsewhere"], "relrails generate"),
        (["broken.json"], "is not JSON"),
        (["other.json"], "no dashboard of the classic model"),
    ],
)
def test_a_mistake_is_told_before_anybody_is_asked(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (project / "broken.json").write_text("{", encoding="utf-8")
    (project / "other.json").write_text('{"spec": {}}', encoding="utf-8")
    assert preview("http://127.0.0.1:9", *arguments) == 3
    assert said in capsys.readouterr().err


def test_an_address_with_a_password_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview("http://me:pass@prometheus", "journeys") == 3
    assert "pass@" not in capsys.readouterr().err


def test_a_browser_shows_every_panel(prometheus: str, project: Path) -> None:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    assert preview(prometheus, "journeys") == 0
    page = project / "preview/journeys.html"
    # Without a sandbox, because tests also run as root and in containers; the page is our own.
    headless = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={project / 'browser'}"]
    shot = project / "page.png"
    shown = subprocess.run(
        [*headless, "--window-size=1480,900", f"--screenshot={shot}", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert shown.count("<article") == page.read_text(encoding="utf-8").count("<article")
    assert "passing" in shown
    assert "parsererror" not in shown
    assert shot.stat().st_size > 20_000, "the picture is empty"
