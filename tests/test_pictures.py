"""README's pictures: each is of the evidence as it is kept here, needs nothing else, and can be read on GitHub."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from relrails.evidence.masking import mask_shapes
from staging.environment import StagingError
from staging.pictures import board, drawn, pictures

ROOT = Path(__file__).parent.parent
EVIDENCE = ROOT / ".evidence/sprint-29"
FOLDER = ROOT / "docs/pictures"
SHOWN = re.findall(r"^!\[([^\]]*)\]\(([^)]+)\)$", (ROOT / "README.md").read_text(), re.MULTILINE)
PICTURES = sorted(Path(path).name for _, path in SHOWN)
GITHUB = 830
"""Pixels of a README on GitHub; a wider picture is made smaller."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PLACES = re.compile(r"127\.0\.0\.1|/(?:tmp|home|root|work|var|run|Users)/|\b[\w.+-]+@[\w-]+\.\w")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def now() -> dict[str, str]:
    return drawn(EVIDENCE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the pictures are drawn from, to be changed."""
    (report,) = (fact["bundle"] for fact in _drills() if fact["drill"] == "regression")
    for path in (
        "slo/preview/core-api.html",
        "slo/gate/block.txt",
        "probes/pages/journey.json",
        "canary/report.json",
        f"canary/{report}/report.md",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(EVIDENCE / path, tmp_path / path)
    return tmp_path


def _drills() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((EVIDENCE / "canary/report.json").read_text())
    return found


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def test_readme_shows_every_picture_once() -> None:
    assert [f"docs/pictures/{name}" for name in PICTURES] == sorted(path for _, path in SHOWN)
    assert sorted(file.name for file in FOLDER.iterdir()) == PICTURES
    assert len(PICTURES) >= 5


def test_every_picture_is_told_to_those_who_do_not_see_it() -> None:
    for said, path in SHOWN:
        assert len(said.split()) >= 10, path
    assert len({said for said, _ in SHOWN}) == len(SHOWN)


def test_readme_says_which_command_draws_them() -> None:
    assert re.search(r"^make pictures +# ", (ROOT / "README.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_of_the_evidence_as_it_is_kept_here(name: str, now: dict[str, str]) -> None:
    assert read(name) == now[name], "the evidence has changed since; fix: make pictures"


def test_every_picture_that_is_drawn_is_shown(now: dict[str, str]) -> None:
    assert sorted(now) == PICTURES


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_needs_nothing_and_runs_nothing(name: str) -> None:
    root = ET.fromstring(read(name))  # noqa: S314  # our own file
    assert root.tag == f"{SVG}svg"
    for element in root.iter():
        assert element.tag not in {f"{SVG}{tag}" for tag in ("script", "foreignObject", "image", "a", "animate")}
        for attribute, value in element.attrib.items():
            assert not attribute.lower().startswith("on"), attribute
            assert not attribute.endswith("href") or value.startswith("#"), value
            assert "//" not in value, value
            assert all(used.startswith("#") for used in re.findall(r"url\(([^)]*)", value)), value
        if element.tag == f"{SVG}style":
            assert not re.search(r"@import|@font-face|//|url\((?!#)", element.text or "")
    names = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(names) == len(set(names)), "what is named twice is drawn by chance"
    used = re.findall(r'(?:url\(#|href="#)([^)"]*)', read(name))
    assert set(used) <= set(names)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_holds_no_secret_and_no_place_of_a_machine(name: str) -> None:
    for line in read(name).splitlines():
        assert mask_shapes(line) == line
    said = " ".join(ET.fromstring(read(name)).itertext())  # noqa: S314  # our own file
    assert not PLACES.search(said), PLACES.search(said)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_its_letters_are_not(name: str) -> None:
    assert len(read(name).encode()) < 300_000
    assert sum(len(read(other).encode()) for other in PICTURES) < 1_000_000
    width = float(ET.fromstring(read(name)).attrib["width"])  # noqa: S314  # our own file
    sizes = re.findall(r"font-size(?:=\"|: )([\d.]+)|font: (?:bold |\d+ )?([\d.]+)px", read(name))
    assert sizes
    smallest = min(float(one or other) for one, other in sizes) * min(1, GITHUB / width)
    assert smallest >= 9


def test_the_pictures_say_what_they_are_there_to_show(now: dict[str, str]) -> None:
    def said(name: str) -> str:
        return " ".join("".join(ET.fromstring(now[name]).itertext()).split())  # noqa: S314  # our own file

    assert "BLOCKED" in said("gate.svg")
    assert "passes when" in said("gate.svg")
    assert "PAGE" in said("page.svg")
    assert "failing step" in said("page.svg")
    assert "ROLLBACK" in said("rollback.svg")
    assert "ERROR_RATE_DELTA" in said("rollback.svg")
    assert "FIRING" in said("dashboard.svg")
    assert "not Grafana" in said("dashboard.svg")
    assert "FAILING" in said("journey.svg")
    assert "no data" not in said("dashboard.svg") + said("journey.svg")


def test_whose_terminal_it_is_does_not_matter(copy: Path, monkeypatch: pytest.MonkeyPatch, now: dict[str, str]) -> None:
    for name, value in {"COLUMNS": "40", "NO_COLOR": "1", "TERM": "dumb", "JUPYTER_COLUMNS": "30"}.items():
        monkeypatch.setenv(name, value)
    assert drawn(copy) == now


@pytest.mark.parametrize(
    ("path", "change", "changed"),
    [
        ("slo/gate/block.txt", ("BLOCKED", "BLOCKED again"), {"gate.svg"}),
        ("probes/pages/journey.json", ('"reason": "', '"reason": "again '), {"page.svg"}),
        ("canary/*/*/*/report.md", ("was withdrawn", "was taken back"), {"rollback.svg"}),
        (
            "slo/preview/core-api.html",
            ("<h1>core-api", "<h1>core-api:"),
            {"dashboard.svg", "journey.svg"},
        ),
    ],
)
def test_other_evidence_gives_another_picture(
    copy: Path, now: dict[str, str], path: str, change: tuple[str, str], changed: set[str]
) -> None:
    (file,) = copy.glob(path)
    assert change[0] in file.read_text()
    file.write_text(file.read_text().replace(*change))
    again = drawn(copy)
    assert {name for name in now if again[name] != now[name]} == changed


def test_what_is_no_longer_drawn_is_removed(copy: Path, tmp_path: Path, now: dict[str, str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "old.svg").write_text("<svg/>")
    assert pictures(copy, out) == 0
    assert {file.name: file.read_text() for file in out.iterdir()} == now


def test_evidence_that_is_not_there_is_asked_for(copy: Path) -> None:
    (copy / "slo/gate/block.txt").unlink()
    with pytest.raises(StagingError, match=r"block\.txt cannot be read: .*; fix: make evidence"):
        drawn(copy)


def test_a_drill_that_left_no_bundle_is_no_picture(copy: Path) -> None:
    (copy / "canary/report.json").write_text('[{"drill": "regression", "bundle": null}]')
    with pytest.raises(StagingError, match="has no bundle of drill regression"):
        drawn(copy)


PAGE = (EVIDENCE / "slo/preview/core-api.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "slo", "title", "said"),
    [
        (PAGE, "nobody", "Page", "no section 'nobody', only .*availability"),
        (PAGE, "availability", "Pages", "no panel 'Pages', only Page, "),
        (PAGE.replace('data-state="data"', 'data-state="no data"'), "availability", "Page", "no data"),
        (PAGE.replace('data-state="data"', 'data-state="failed"'), "availability", "Page", "failed"),
    ],
)
def test_a_panel_that_shows_nothing_is_no_picture(page: str, slo: str, title: str, said: str) -> None:
    with pytest.raises(StagingError, match=said):
        board.draw(page, slo, [title])


def test_panels_do_not_lie_on_each_other(now: dict[str, str]) -> None:
    root = ET.fromstring(now["dashboard.svg"])  # noqa: S314  # our own file
    boxes = []
    for panel in root.findall(f"{SVG}g"):
        x, y = map(float, re.findall(r"[\d.]+", panel.attrib["transform"]))
        frame = panel.find(f"{SVG}rect")
        assert frame is not None
        boxes.append((x, y, x + float(frame.attrib["width"]), y + float(frame.attrib["height"])))
    for index, (left, top, right, bottom) in enumerate(boxes):
        assert right < float(root.attrib["width"])
        assert bottom < float(root.attrib["height"])
        for l2, t2, r2, b2 in boxes[index + 1 :]:
            assert right <= l2 or r2 <= left or bottom <= t2 or b2 <= top


def test_a_browser_shows_every_picture(tmp_path: Path) -> None:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    images = "".join(f'<img src="{(FOLDER / name).as_uri()}">' for name in PICTURES)
    count = 'document.title = [...document.images].filter(i => i.complete && i.naturalWidth > 300).length + " shown"'
    page = tmp_path / "page.html"
    page.write_text(f"<title></title>{images}<script>onload = () => {{ {count} }}</script>")
    # Without a sandbox, because tests also run as root and in containers; the page is our own.
    headless = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}"]
    done = subprocess.run(
        [*headless, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=60, check=True
    )
    assert f"<title>{len(PICTURES)} shown</title>" in done.stdout
