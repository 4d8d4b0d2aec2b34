"""`relrails gate`: its exit codes, its three formats, and what it never prints."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lying_prometheus import Asked, Said, Server, serving
from recorded_service import answering

from bench.gate import Items
from relrails.cli import main
from relrails.rules import names

DIGEST = f"sha256:{'ab' * 32}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose service is the one that tests answer for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RELRAILS_PROMETHEUS", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / "services").mkdir()
    (tmp_path / "services/shop.py").write_text("from recorded_service import service as service\n")
    return tmp_path


@pytest.fixture
def healthy() -> Iterator[Server]:
    with serving(answering()) as server:
        yield server


def spent(question: str, items: Items, _at: float) -> None:
    for item in items:
        if question == "recorded" and item["metric"]["__name__"] == names.BUDGET_REMAINING:
            item["values"] = [[when, "-0.5"] for when, _ in item["values"]]


@pytest.mark.parametrize(
    ("answer", "arguments", "code"),
    [
        (answering(), (), 0),
        (answering(spent), (), 1),
        (answering(spent), ("--class", "security"), 0),
        (lambda _: Said(status=500), (), 2),
        (lambda _: Said(status=500), ("--class", "security"), 2),
    ],
    ids=["healthy", "spent", "spent, but security", "blind", "blind security"],
)
@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_the_exit_code_says_it_in_every_format(
    project: Path, answer: Callable[[Asked], Said], arguments: tuple[str, ...], code: int, form: str
) -> None:
    with serving(answer) as server:
        assert main(["gate", "shop", "--prometheus", server.url, "--format", form, *arguments]) == code


def test_json_says_what_and_why(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(answering(spent)) as server:
        main(["gate", "shop", "--prometheus", server.url, "--artifact", DIGEST, "--format", "json"])

    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == "BLOCKED"
    assert said["artifact"] == DIGEST
    assert [reason["code"] for reason in said["blocking"]] == ["BUDGET_EXHAUSTED"] * 3
    assert said["blocking"][0]["until"].startswith("at least 10 %")
    assert said["blocking"][0]["observed"] == -0.5


def test_github_gets_annotations_and_a_summary_of_the_step(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    with serving(answering(spent)) as server:
        main(["gate", "shop", "--prometheus", server.url, "--format", "github"])

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("::error title=gate shop::") for line in lines)
    assert "relrails gate: BLOCKED" in (project / "summary.md").read_text()


def test_the_address_may_come_from_the_environment(
    project: Path, healthy: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELRAILS_PROMETHEUS", healthy.url)

    assert main(["gate", "shop"]) == 0


def test_secrets_are_sent_and_never_printed(
    project: Path, healthy: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOKEN", "s3cret")
    argv = ["gate", "shop", "--prometheus", healthy.url, "--bearer", "env:TOKEN", "--tenant", "t", "--format", "json"]

    assert main(argv) == 0
    assert {a.headers["Authorization"] for a in healthy.asked} == {"Bearer s3cret"}
    assert {a.headers["X-Scope-OrgID"] for a in healthy.asked} == {"t"}
    assert "s3cret" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "arguments",
    [
        ("gate", "shop"),
        ("gate", "sho", "--prometheus", "http://x"),
        ("gate", "shop", "--prometheus", "x"),
        ("gate", "shop", "--prometheus", "http://user:hunter2@x"),
        ("gate", "shop", "--prometheus", "http://x", "--bearer", "hunter2"),
        ("gate", "shop", "--prometheus", "http://x", "--header", "X-Key=hunter2"),
        ("gate", "shop", "--prometheus", "http://x", "--header", "X-Key"),
        ("gate", "shop", "--prometheus", "http://x", "--class", "hotfix"),
        ("gate", "shop", "--prometheus", "http://x", "--artifact", "latest"),
        ("gate", "shop", "--prometheus", "http://x", "--artifact", "sha256:abc"),
    ],
)
def test_what_cannot_be_meant_ends_with_3(
    project: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 3
    assert "hunter2" not in "".join(capsys.readouterr())


def test_a_service_file_with_an_error_is_a_policy_error(project: Path, healthy: Server) -> None:
    file = project / "services/shop.py"
    file.write_text(
        "from dataclasses import replace\nfrom recorded_service import service\n"
        "service = replace(service, name='shop', runbook='nowhere')\n"
    )

    assert main(["gate", "shop", "--prometheus", healthy.url]) == 3
    assert healthy.asked == []
