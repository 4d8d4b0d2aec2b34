"""What README shows works as it stands there."""

import ast
import json
import os
import re
import shlex
import signal
import sys
import textwrap
import tomllib
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from live.program import program
from lying_prometheus import Asked, Said, serving
from running import eventually

from bench.gate import events, recorded, sampled
from relrails.cli import main
from relrails.loader import load
from relrails.rules import names
from relrails.service import Service
from relrails.toolchain import Tool

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


DIGEST = f"sha256:{'ab' * 32}"
FOUND = 1
WRITTEN = {"gate": FOUND, "canary run": FOUND}  # their Prometheus says that a budget is spent
PERF = (0, 1, 2)  # what two equal programs come to on a busy machine is not what is tested here


def commands() -> list[list[str]]:
    """Every command of every block, and those in a line of text that begin with relrails."""
    shown = [line for block in blocks("sh") for line in block.splitlines()]
    shown += re.findall(r"`(relrails [^`]+)`", README)
    return [shlex.split(line, comments=True) for line in shown]


def of_relrails() -> list[tuple[str, ...]]:
    """Each command of relrails once, in their order, without its first word."""
    return list(dict.fromkeys(tuple(command[1:]) for command in commands() if command[0] == "relrails"))


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with README's service as it is shown first."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "services").mkdir()
    (tmp_path / "services/shop.py").write_text(blocks("python")[0])


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with README's own service, its journey, budget and canary, generated."""
    monkeypatch.chdir(tmp_path)
    service, journey, more = blocks("python")
    head, tail = service.split("service = Service(\n")
    imports, declared = re.split(r"\n\n", more, maxsplit=1)
    fields = re.findall(r"`((?:journeys|runs|budgets|canary)=[^`]+)`", README)
    assert len(fields) == 4
    given = textwrap.indent("".join(f"{field},\n" for field in fields), "    ")
    for folder in ("services", "probes"):
        (tmp_path / folder).mkdir()
    text = f"{head.replace('from relrails import', imports + chr(10) + 'from relrails import', 1)}{declared}"
    (tmp_path / "services/shop.py").write_text(f"{text}service = Service(\n{given}{tail}")
    (tmp_path / "probes/search.py").write_text(journey)
    assert main(["generate"]) == 0
    return tmp_path


def described() -> Service:
    loaded = load(Path("services"))
    assert not loaded.problems
    return next(service for service in loaded.services if service.name == "shop")


def answers(service: Service) -> Callable[[Asked], Said]:
    """Answer for a service of which all is well, but that the error budget of availability is spent."""
    (journey,) = service.journeys
    labels = {"job": "relrails-probe", "env": str(journey.env), "journey": str(journey.name)}

    def answer(asked: Asked) -> Said:
        if "query" not in asked.form or "time" not in asked.form:  # a drawing: no series is an answer too
            return said("matrix", [])
        query, at = asked.form["query"], float(asked.form["time"])
        if "sum_over_time" in query:
            return said("vector", events(service, at))
        if "ALERTS" in query:
            return said("vector", [])
        if "probe_success" in query:
            last = {"__name__": "relrails_probe_last_run_timestamp_seconds", **labels}
            return said(
                "matrix",
                [sampled({"__name__": "probe_success", **labels}, 1, at, 15, 25), sampled(last, at - 20, at, 15, 25)],
            )
        items = recorded(service, at)
        for item in items:
            if item["metric"] == {"__name__": names.BUDGET_REMAINING, "service": "shop", "slo": "availability"}:
                item["values"] = [[when, "-0.1"] for when, _ in item["values"]]
        return said("matrix", items)

    return answer


def said(kind: str, items: object) -> Said:
    return Said(body=json.dumps({"status": "success", "data": {"resultType": kind, "result": items}}).encode())


def customers(asked: Asked) -> Said:
    """Be the shop that the journey walks through."""
    if asked.path == "/search" and asked.form == {"text": "tea"}:
        return Said(body=b'{"found": [{"id": "7"}]}')
    return Said(body=b"{}", status=200 if asked.path == "/things/7" else 404)


def runs_until_it_is_told_to_stop(folder: Path, command: tuple[str, ...]) -> None:
    with program(folder, *command[1:]) as started:
        eventually(lambda: started.url or started.ended(), f"{command} listens")
        assert started.url, started.talk
        started.signal(signal.SIGTERM)
        eventually(started.ended, f"{command} ends")
        assert started.process.returncode == 0, started.talk


def test_every_fence_is_read_by_a_test() -> None:
    assert set(re.findall(r"^```(\w+)$", README, re.MULTILINE)) == {"sh", "python", "yaml"}
    assert README.count("```") == 2 * sum(len(blocks(language)) for language in ("sh", "python", "yaml"))


def test_the_first_commands_are_the_two_that_matter() -> None:
    assert [command[:2] for command in commands()[:2]] == [["make", "generate"], ["make", "test"]]


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {command[1] for command in commands() if command[0] == "make"}
    assert shown
    assert shown <= targets


def test_make_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert re.findall(r"^([\w-]+):.*## \S", text, re.MULTILINE) == phony.split()


def test_what_is_installed_is_this_project() -> None:
    installs = [command for command in commands() if command[0] == "pip"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert [command[:2] for command in installs] == [["pip", "install"]] * 2
    assert installs[0][2:] == ["../relrails"]
    found = re.fullmatch(r"\.\./relrails\[([a-z,]+)\]", " ".join(installs[1][2:]))
    assert found
    assert set(found[1].split(",")) <= project["optional-dependencies"].keys()
    (told,) = re.findall(r"^Extras: (.*)$", README, re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", told)) == sorted(found[1].split(","))
    assert project["scripts"]["relrails"] == "relrails.cli:main"
    assert project["readme"] == "README.md"


def test_no_command_is_of_a_kind_that_no_test_runs() -> None:
    assert {command[0] for command in commands()} == {"make", "pip", "relrails"}


@pytest.mark.usefixtures("alone")
def test_the_proofs_of_the_service_run(promtools: tuple[Tool, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(promtools[0].path.parent))  # one is enough here
    monkeypatch.setenv("RELRAILS_TOOLS", "/nowhere")
    run = [command for command in of_relrails() if command[0] == "verify"]
    assert main(["generate"]) == 0
    assert run
    for command in run:
        assert main(list(command)) == 0


def test_every_other_command_of_relrails_runs(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    for name in ("old.py", "new.py"):
        (shop / name).write_text("")
    run = [command for command in of_relrails() if command[0] != "verify"]
    assert ("generate", "--check") in run
    printed = {}
    with serving(answers(described())) as prometheus, serving(customers) as served:
        places = {
            "http://localhost:9090": prometheus.url,
            "http://127.0.0.1:8000": served.url,
            "127.0.0.1:9850": "127.0.0.1:0",
            "$DIGEST": DIGEST,
        }
        for command in run:
            argv = [_placed(word, places) for word in command]
            if command[:2] == ("probe", "run"):
                runs_until_it_is_told_to_stop(shop, tuple(argv))
                continue
            capfd.readouterr()
            code = main(argv)
            printed[command] = capfd.readouterr()
            expected = WRITTEN.get(command[0], WRITTEN.get(" ".join(command[:2]), 0))
            assert code in (PERF if command[0] == "perf" else (expected,)), (command, code, printed[command])
        assert {asked.path for asked in served.asked} == {"/search", "/things/7"}
    assert (shop / "perf/after.json").is_file()
    assert (shop / "preview/shop.svg").is_file()
    gate, blocked = (
        next(text for command, text in printed.items() if " ".join(command).startswith(name))
        for name in ("gate shop", "canary run shop")
    )
    assert gate.out.startswith(f"BLOCKED shop, feature release of {DIGEST}\n\navailability: BUDGET_EXHAUSTED\n")
    assert "BUDGET_EXHAUSTED" in blocked.out + blocked.err


def test_an_option_that_there_is_not_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in of_relrails():
        assert main([*command, "--no-such-option"]) == 3, command
    assert not list(tmp_path.iterdir())


def _placed(word: str, places: dict[str, str]) -> str:
    for shown, real in places.items():
        word = word.replace(shown, real)
    if re.fullmatch(r"evidence/shop/\w+-\w+", word):
        return str(min(Path("evidence/shop").iterdir()))
    return word


@pytest.mark.usefixtures("alone")
def test_the_service_has_no_problem(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["lint"]) == 0
    assert capfd.readouterr() == ("", "no problems in 1 service\n")
    assert all(ast.get_docstring(ast.parse(block)) for block in blocks("python")[:2])


@pytest.mark.usefixtures("shop")
def test_the_service_with_everything_has_no_problem(capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    assert main(["lint"]) == 0
    assert capfd.readouterr() == ("", "no problems in 1 service\n")


def test_what_is_said_to_come_out_comes_out(shop: Path) -> None:
    made = [p.relative_to(shop / "generated").as_posix() for p in (shop / "generated").rglob("*") if p.is_file()]
    ours = [p.relative_to(ROOT / "generated").as_posix() for p in (ROOT / "generated").rglob("*") if p.is_file()]
    cells = re.findall(r"^\| (`[^|]+`) \|", README, re.MULTILINE)
    listed = [pattern for cell in cells for pattern in re.findall(r"`([^`]+)`", cell)]
    assert len(listed) == 14
    for pattern in listed:
        # Who is told is rendered where a service says so; README's does not.
        found = [path for path in (ours if pattern == "alertmanager/" else made) if told_of(path, pattern)]
        assert found, pattern
    slos = {"prometheus/rules/shop.latency-p99.yml"}  # one SLO stands for all
    for path in {*made, *(path for path in ours if path.startswith("alertmanager/"))} - slos:
        assert any(told_of(path, pattern) for pattern in listed), f"{path} is not told of"


def told_of(path: str, pattern: str) -> bool:
    return fnmatch(path, pattern + ("*" if pattern.endswith("/") else ""))


def test_prometheus_finds_every_rule_file(shop: Path) -> None:
    (block,) = blocks("yaml")
    (pattern,) = yaml.safe_load(block)["rule_files"]
    rules = {p.relative_to(shop).as_posix() for p in (shop / "generated/prometheus/rules").rglob("*") if p.is_file()}
    assert {p.relative_to(shop).as_posix() for p in shop.glob(pattern)} == rules


def test_every_path_in_the_text_exists(shop: Path) -> None:
    for path in re.findall(r"`(generated/[\w./-]*)`", README):
        assert (shop / path).exists(), path


def test_the_changelog_is_one() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert text.startswith("# Changelog\n")
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert sections[0] == "[Unreleased]"
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_every_decision_has_its_own_number() -> None:
    files = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for file in files:
        assert file.read_text().startswith(f"# {file.name[:4]} "), file.name


def test_every_folder_of_the_house_is_there() -> None:
    house = README.split("## The house\n")[1]
    folders = re.findall(r"`([\w/]+/)`", house)
    assert len(folders) == 8
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_licence_is_the_one_that_is_named() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()
