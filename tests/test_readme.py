"""What README shows works as it stands there."""

import ast
import re
import shlex
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from relrails.cli import main
from relrails.toolchain import Tool

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Every command of every block, and those in a line of text that begin with relrails."""
    shown = [line for block in blocks("sh") for line in block.splitlines()]
    shown += re.findall(r"`(relrails [^`]+)`", README)
    return [shlex.split(line, comments=True) for line in shown]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with README's own service, generated."""
    monkeypatch.chdir(tmp_path)
    (service,) = blocks("python")
    (tmp_path / "services").mkdir()
    (tmp_path / "services/shop.py").write_text(service)
    assert main(["generate"]) == 0
    return tmp_path


def test_every_fence_is_read_by_a_test() -> None:
    assert set(re.findall(r"^```(\w+)$", README, re.MULTILINE)) == {"sh", "python", "yaml"}
    assert README.count("```") == 2 * (len(blocks("sh")) + len(blocks("python")) + len(blocks("yaml")))


def test_the_first_commands_are_the_two_that_matter() -> None:
    assert [command[:2] for command in commands()[:2]] == [["make", "generate"], ["make", "test"]]


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {command[1] for command in commands() if command[0] == "make"}
    assert shown
    assert shown <= targets


def test_what_is_installed_is_this_project() -> None:
    installs = [command for command in commands() if command[0] == "pip"]
    assert installs == [["pip", "install", "../relrails"]]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"]["relrails"] == "relrails.cli:main"
    assert project["readme"] == "README.md"


def test_no_command_is_of_a_kind_that_no_test_runs() -> None:
    assert {command[0] for command in commands()} == {"make", "pip", "relrails"}


@pytest.mark.usefixtures("shop")
def test_every_command_of_relrails_runs(promtools: tuple[Tool, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(promtools[0].path.parent))  # one is enough here
    monkeypatch.setenv("RELRAILS_TOOLS", "/nowhere")
    run = dict.fromkeys(tuple(command[1:]) for command in commands() if command[0] == "relrails")
    assert ("generate", "--check") in run
    for command in sorted(run, key=lambda c: c[0] != "verify"):  # before there is a second service to prove
        assert main(list(command)) == 0, command


@pytest.mark.usefixtures("shop")
def test_the_service_has_no_problem(capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    assert main(["lint"]) == 0
    assert capfd.readouterr() == ("", "no problems in 1 service\n")
    (service,) = blocks("python")
    assert ast.get_docstring(ast.parse(service))


def test_what_is_said_to_come_out_comes_out(shop: Path) -> None:
    made = [p.relative_to(shop / "generated").as_posix() for p in (shop / "generated").rglob("*") if p.is_file()]
    listed = re.findall(r"^\| `([^`]+)` \|", README, re.MULTILINE)
    assert len(listed) == 5
    for pattern in listed:
        found = [path for path in made if fnmatch(path, pattern + ("*" if pattern.endswith("/") else ""))]
        assert found, pattern
    of_the_shop = [path for path in made if "shop.availability" in path or path.endswith("shop.md")]
    for path in of_the_shop:
        assert any(fnmatch(path, pattern) for pattern in listed), f"{path} is not told of"


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


def test_the_licence_is_the_one_that_is_named() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "Apache-2.0"
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()
