"""The commands: what they print where, and what their exit codes mean."""

import ast
import importlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import relrails
from relrails import checks
from relrails.cli import _progress, main
from relrails.cli import generate as generate_command
from relrails.cli._program import program
from relrails.loader import load

SOURCE = str(Path(relrails.__file__).parent.parent)
COMMANDS = sorted(program.list_commands(click.Context(program)))
SERVICE = """\
from relrails import SLO, ErrorBudgetPolicy, Service, metric, sli
from relrails.units import days, percent, seconds

requests = metric.Counter("http_requests_total").where(job="shop")
service = Service(
    name="shop",
    owner="team",
    scrape_interval=15 * seconds,
    runbook="https://runbooks.example.com/shop",
    grafana="https://grafana.example.com",
    slos=(
        SLO(
            name="availability",
            description="A request is good unless we answer 5xx.",
            sli=sli.Availability(total=requests, bad=requests.where(code=metric.matching("5.."))),
            objective=99.9 * percent,
            window=30 * days,
        ),
    ),
    error_budget=ErrorBudgetPolicy(warn_below=25 * percent, freeze_below=0 * percent),
)
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one service, in which commands run; gives its service file."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "services/shop.py"
    file.parent.mkdir()
    file.write_text(SERVICE)
    return file


def run(*arguments: str, **more: object) -> "subprocess.CompletedProcess[str]":
    given_ = {"capture_output": True, "text": True, "env": environment(), **more}
    return subprocess.run([sys.executable, "-m", "relrails", *arguments], check=False, **given_)  # type: ignore[call-overload,no-any-return] # any option


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": SOURCE, **more}


def wrong(file: Path) -> None:
    file.write_text(SERVICE.replace("99.9", "100"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["generat"],
        ["--nope"],
        ["generate", "--nope"],
        ["generate", "--check", "--diff"],
        ["generate", "--check", "--force"],
        ["generate", "--diff", "--format", "json"],
        ["lint", "--format", "xml"],
        ["explain"],
        ["explain", "no/such-code"],
        ["explain", "shop/nope"],
        ["new", "service"],
        ["new", "service", "Not A Name"],
        ["completion", "powershell"],
    ],
)
@pytest.mark.usefixtures("shop")
def test_what_does_not_exist_is_a_usage_error(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 3
    out, err = capfd.readouterr()
    assert out == ""
    assert "Error: " in err


def test_a_misspelt_command_is_answered_with_the_one_that_was_meant(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["generat"]) == 3
    assert "'generate'" in capfd.readouterr().err


def test_exit_codes_tell_fine_from_found_from_could_not(shop: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["lint"]) == 0
    assert main(["generate"]) == 0
    assert main(["generate", "--check"]) == 0
    assert main(["generate", "--diff"]) == 0
    wrong(shop)
    for arguments in (["lint"], ["generate"], ["generate", "--check"], ["generate", "--diff"], ["explain", "shop"]):
        assert main(arguments) == 1, arguments
    shop.unlink()
    for arguments in (["lint"], ["generate"], ["generate", "--check"], ["lint", "--services", "nowhere"]):
        assert main(arguments) == 2, arguments
    assert "relrails new service" in capfd.readouterr().err


def test_a_result_goes_to_stdout_and_talk_to_stderr(shop: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shop.write_text(SERVICE.replace("99.9", "95"))
    assert main(["generate"]) == 0
    out, err = capfd.readouterr()
    assert {line.split()[0] for line in out.splitlines()} == {"created"}
    assert "created generated/runbooks/shop.md" in out.splitlines()
    assert "note[slo/tier-repaired]" in err
    assert re.search(r"generated/ has \d+ files for 1 service: \d+ created\n$", err)
    assert main(["lint"]) == 0
    out, err = capfd.readouterr()
    assert "note[slo/tier-repaired]" in out
    assert err == ""


def test_a_problem_is_shown_with_its_place_from_where_one_stands(shop: Path, capfd: pytest.CaptureFixture[str]) -> None:
    wrong(shop)
    assert main(["lint"]) == 1
    out, _ = capfd.readouterr()
    assert "error[slo/no-error-budget]" in out
    assert "--> services/shop.py:16:23" in out
    assert out.rstrip().endswith("1 problem in 1 service; generated/ is unchanged")


def test_stale_files_are_named_and_fail(shop: Path, capfd: pytest.CaptureFixture[str]) -> None:
    main(["generate"])
    shop.write_text(SERVICE.replace("99.9", "99.5"))
    Path("generated/runbooks/shop.md").unlink()
    capfd.readouterr()
    assert main(["generate", "--check"]) == 1
    out, err = capfd.readouterr()
    assert "differs        generated/prometheus/rules/shop.availability.yml" in out.splitlines()
    assert "missing        generated/runbooks/shop.md" in out.splitlines()
    assert "fix: run `relrails generate` and commit it" in err
    assert main(["generate", "--diff"]) == 1
    out, _ = capfd.readouterr()
    assert "--- a/generated/prometheus/rules/shop.availability.yml" in out.splitlines()
    assert "--- /dev/null" in out.splitlines()


def test_json_is_one_value_on_stdout(shop: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> dict[str, object]:
        main([*arguments, "--format", "json"])
        value = json.loads(capfd.readouterr().out)
        assert isinstance(value, dict)
        return value

    shop.write_text(SERVICE.replace("99.9", "95"))
    problems = said("lint")["problems"]
    assert isinstance(problems, list)
    assert (problems[0]["code"], problems[0]["labels"][0]["line"]) == ("slo/tier-repaired", 16)
    first = said("generate")
    assert first["problems"] == problems
    assert isinstance(first["written"], dict)
    assert "runbooks/shop.md" in first["written"]["created"]
    assert said("generate", "--check") == {"problems": problems, "services": 1, "stale": []}
    Path("generated/runbooks/shop.md").unlink()
    assert said("generate", "--check")["stale"] == [{"path": "runbooks/shop.md", "how": "missing"}]
    wrong(shop)
    assert said("generate")["written"] is None
    assert said("generate", "--check")["stale"] is None


def test_github_gets_commands(shop: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shop.write_text(SERVICE.replace("99.9", "95"))
    for arguments in (["lint"], ["generate"]):
        main([*arguments, "--format", "github"])
        out, _ = capfd.readouterr()
        assert out.startswith("::notice file=services/shop.py,line=16,")
    Path("generated/runbooks/shop.md").unlink()
    assert main(["generate", "--check", "--format", "github"]) == 1
    out, _ = capfd.readouterr()
    assert "::error file=generated/runbooks/shop.md,title=output/stale::" in out


@pytest.mark.usefixtures("shop")
def test_somebody_elses_file_is_left_alone_unless_forced(capfd: pytest.CaptureFixture[str]) -> None:
    mine = Path("generated/runbooks/shop.md")
    mine.parent.mkdir(parents=True)
    mine.write_text("by hand\n")
    assert main(["generate"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "error[output/not-ours]" in err
    assert "generated/ is unchanged" in err
    assert [p for p in Path("generated").rglob("*") if p.is_file()] == [mine]
    assert main(["generate", "--force"]) == 0
    assert "by hand" not in mine.read_text()


@pytest.mark.usefixtures("shop")
def test_long_lists_of_files_are_cut_short(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("relrails.cli.generate.SHOWN", 3)
    assert main(["generate"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 4
    assert re.fullmatch(r"\.\.\. and \d+ more", lines[-1])


@pytest.mark.parametrize("arguments", [["--help"], *([c, "--help"] for c in COMMANDS), ["new", "service", "--help"]])
def test_help_has_an_example_and_costs_no_import_of_the_library(arguments: list[str]) -> None:
    heavy = "{'pint', 'grafanalib', 'promql_parser', 'yaml', 'relrails.units', 'relrails.checks', 'relrails.loader'}"
    code = f"import sys; from relrails.cli import main; main({arguments!r}); print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment(COLUMNS="120"), capture_output=True, text=True, check=True
    )
    text, _, loaded = ran.stdout.rstrip().rpartition("\n")
    assert loaded == "[]"
    assert "Example" in text
    assert max(map(len, text.splitlines())) <= 120


def test_every_file_of_the_package_is_a_command_with_a_short_help(capfd: pytest.CaptureFixture[str]) -> None:
    files = {p.stem for p in Path(_progress.__file__).parent.glob("[!_]*.py")}
    assert set(COMMANDS) == files
    assert {"completion", "explain", "generate", "lint", "new", "verify"} <= files
    main(["--help"])
    text = capfd.readouterr().out
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\S.*\.$", text, re.MULTILINE), name


def test_the_public_names_are_the_same_for_python_and_for_type_checkers() -> None:
    """relrails imports its public names when they are asked for; the list for type checkers must not fall behind."""
    tree = ast.parse(Path(relrails.__file__).read_text())
    promised = {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assert {"Service", "SLO", "metric", "sli"} <= promised == set(relrails.__all__)
    for name in promised:
        assert getattr(relrails, name) is not None
    with pytest.raises(AttributeError):
        getattr(relrails, "nothing")  # noqa: B009 - as an importing statement does


@pytest.mark.usefixtures("shop")
def test_a_reader_that_goes_away_is_no_crash() -> None:
    shown = subprocess.Popen(
        [sys.executable, "-m", "relrails", "generate", "--diff"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert shown.stdout is not None
    assert shown.stderr is not None
    shown.stdout.readline()
    shown.stdout.close()
    assert shown.stderr.read() == b""
    shown.stderr.close()
    assert shown.wait() == 2


@pytest.mark.usefixtures("shop")
def test_a_full_disk_behind_stdout_is_no_success() -> None:
    with Path("/dev/full").open("w") as full:
        ran = run("lint", "--format", "json", stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert ran.returncode == 2
    assert "No space left" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.usefixtures("shop")
def test_closed_streams_are_no_crash() -> None:
    shell = f"exec {sys.executable} -m relrails lint >&- 2>&-"
    assert subprocess.run(["/bin/sh", "-c", shell], env=environment(), check=False).returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_unicode_is_no_crash(shop: Path, encoding: str) -> None:
    shop.write_text(SERVICE.replace("A request", "Ein Gesuch — größer"))
    strict = environment(PYTHONIOENCODING=f"{encoding}:strict", LC_ALL="C", PYTHONUTF8="0")
    ran = run("explain", "shop/availability", env=strict, encoding="latin-1")
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (PermissionError(13, "Permission denied", "generated"), 2, "could not go on: [Errno 13] Permission denied"),
        (ZeroDivisionError(), 2, "this is a fault of relrails"),
    ],
)
def test_whatever_happens_has_an_exit_code(
    failure: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise failure

    monkeypatch.setattr("relrails.generate.lint", fail)
    assert main(["lint"]) == code
    assert said in capfd.readouterr().err


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("long", [1, 2])
def test_a_bar_is_shown_when_work_is_long_and_somebody_watches(
    long: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal, there = pty.openpty()
    with os.fdopen(there, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        monkeypatch.setattr(_progress, "LONG", long)
        assert main(["generate"]) == 0
    seen = b""
    while chunk := _read(terminal):
        seen += chunk
    os.close(terminal)
    assert (b"rendering services" in seen and b"100%" in seen) is (long == 1)
    assert "\r" not in capfd.readouterr().out


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


@pytest.mark.usefixtures("shop")
def test_no_bar_where_nobody_watches(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(_progress, "LONG", 1)
    assert main(["generate"]) == 0
    assert "rendering" not in capfd.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_code_that_the_shell_reads(shell: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capfd.readouterr().out
    assert "_RELRAILS_COMPLETE" in script
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"not run, because there is no {shell} here")
    subprocess.run([found, "-n"], input=script, text=True, check=True)


@pytest.mark.usefixtures("shop")
def test_commands_options_and_names_are_completed() -> None:
    run("generate")

    def completed(*words: str) -> set[str]:
        asked = {
            "COMP_WORDS": " ".join(words),
            "COMP_CWORD": str(len(words) - 1),
            "_RELRAILS_COMPLETE": "bash_complete",
        }
        ran = run(env=environment(**asked))
        return {line.partition(",")[2] for line in ran.stdout.splitlines()}

    assert set(COMMANDS) == completed("relrails", "")
    assert completed("relrails", "generate", "--ch") == {"--check"}
    assert completed("relrails", "explain", "sho") == {"shop", "shop/availability"}
    assert "slo/no-error-budget" in completed("relrails", "explain", "slo/no-")


@pytest.mark.usefixtures("shop")
def test_every_code_is_explained(capfd: pytest.CaptureFixture[str]) -> None:
    from relrails.checks import checks
    from relrails.output import manual, refusal

    shown = {refusal.__file__, generate_command.__file__}
    of_output = {code for file in shown for code in re.findall(r'code="(output/[\w-]+)"', Path(file).read_text())}
    assert of_output == set(manual.MANUAL)
    assert "slo/no-error-budget" in checks()
    for code in (*checks(), *of_output):
        assert main(["explain", code]) == 0
        assert len(capfd.readouterr().out) > 100, code


@pytest.mark.usefixtures("shop")
def test_an_slo_is_explained_with_its_arithmetic(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "shop/availability"]) == 0
    text = capfd.readouterr().out
    for line in (
        "shop/availability (services/shop.py:12:9)",
        "  budget: 0.1 % = 43.2 min of full outage, or 1 of every 1,000 requests",
        "  SLOErrorBudgetBurn (page, 1h and 5m)",
        "    above 1.44 % bad over both: 14.4 × 0.1 % = 1.44 %, factor × budget",
        "    by then 2 % of the budget is spent, 51.84 s of full outage",
        "    slo:sli_error:ratio_rate5m   the share of bad events over 5m",
    ):
        assert line in text.splitlines(), line
    # Within one minute of 1, 9 and 18 minutes, which raw series would take.
    fires = re.search(r"fires after (\d+) min at 100 %, .* after (\d+) min at 10 %, after (\d+) min at 5 %", text)
    assert fires is not None
    assert all(0 <= int(found) - raw <= 1 for found, raw in zip(fires.groups(), (1, 9, 18), strict=True))


@pytest.mark.usefixtures("shop")
def test_a_service_is_explained(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "shop"]) == 0
    text = capfd.readouterr().out
    assert "availability: 99.9 % of requests over 30d" in text
    assert "https://grafana.example.com/d/relrails-shop" in text


def test_a_faulty_service_does_not_keep_others_from_being_explained(
    shop: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (shop.parent / "bad.py").write_text(SERVICE.replace('"shop"', '"bad"').replace("99.9", "100"))
    assert main(["explain", "shop"]) == 0
    assert main(["explain", "bad"]) == 1
    assert "error[slo/no-error-budget]" in capfd.readouterr().err
    assert main(["explain", "shpo"]) == 3
    assert "the nearest is shop" in capfd.readouterr().err


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True))
@example("class")
@example("a--")
def test_a_new_service_passes_lint_at_once(tmp_path: Path, name: str) -> None:
    shutil.rmtree(tmp_path / "services", ignore_errors=True)
    code = main(["new", "service", name, "--services", str(tmp_path / "services"), "--owner", 'the "A" team \\ "'])
    if code == 3:  # a name that means something else, such as `con`
        assert not (tmp_path / "services").exists()
        return
    assert code == 0
    assert main(["lint", "--services", str(tmp_path / "services")]) == 0
    text = (tmp_path / "services" / f"{name.replace('-', '_')}.py").read_text()
    for section in ("# SLOs:", "# Probes:", "# Rollback:", "# Budgets:"):
        assert section in text


def test_a_new_service_has_no_problem_and_the_style_of_the_house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "service", "check-out"]) == 0
    out, err = capfd.readouterr()
    assert out == "services/check_out.py\n"
    assert "relrails generate" in err
    assert main(["lint", "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out)["problems"] == []
    assert main(["generate"]) == 0
    ruff = [sys.executable, "-m", "ruff"]
    rules = Path(SOURCE, "pyproject.toml")
    for check in (["check"], ["format", "--check"]):
        subprocess.run([*ruff, *check, "--config", str(rules), "services"], check=True, capture_output=True)


def test_what_a_new_service_has_in_its_comments_passes_lint_when_it_is_meant(tmp_path: Path) -> None:
    """Probes, rollback and budgets: whoever takes the marks away has them."""
    assert main(["new", "service", "check-out", "--services", str(tmp_path)]) == 0
    file = tmp_path / "check_out.py"
    text = file.read_text("utf-8")
    meant = re.sub(r"^#     |^#$", "", re.sub(r"^    # (?=\w+=)", "    ", text, flags=re.MULTILINE), flags=re.MULTILINE)
    file.write_text(meant, "utf-8")
    found = load(tmp_path)
    (service,) = found.services

    assert (found.problems, checks.run(found.services, date(2026, 1, 1))) == ((), [])
    assert (len(service.journeys), len(service.budgets), service.canary is None) == (1, 1, False)


def test_a_new_service_is_like_its_neighbours(shop: Path) -> None:
    assert main(["new", "service", "cart"]) == 0
    text = (shop.parent / "cart.py").read_text()
    assert 'runbook="https://runbooks.example.com/cart"' in text
    assert 'grafana="https://grafana.example.com"' in text


def test_nothing_that_is_there_is_overwritten_by_a_new_service(shop: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "service", "shop"]) == 3
    assert shop.read_text() == SERVICE
    shop.rename(shop.with_name("other.py"))
    assert main(["new", "service", "shop"]) == 2
    assert "error[service/duplicate-" in capfd.readouterr().err
    assert not shop.exists()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", ["../evil", "/etc/x", 'a"""\nimport os', "a b", "", "-", "A", "con", "overview", "é"])
def test_a_name_that_leads_elsewhere_makes_no_file(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    before = sorted(Path.cwd().parent.rglob("*"))
    assert main(["new", "service", "--", name]) == 3
    assert "cannot be used" in capfd.readouterr().err
    assert sorted(Path.cwd().parent.rglob("*")) == before


def test_verify_says_what_the_proofs_promise(
    shop: Path, promtools: object, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    del promtools  # only that there are some
    # The proofs of such a Ratio begin at the two sums: the quickest there are.
    kind = 'sli.Ratio(bad=promql("abs(rate(bad_total[$window]))"), total=promql("abs(rate(all_total[$window]))"))'
    text = re.sub(r"sli=sli\.Availability.*,\n", lambda _: f"sli={kind},\n", SERVICE)
    shop.write_text(text.replace("metric, sli\n", "metric, sli\nfrom relrails.promql import promql\n"))
    assert main(["verify"]) == 1
    assert "relrails generate" in capfd.readouterr().out
    main(["generate"])
    capfd.readouterr()
    assert main(["verify"]) == 0
    out, err = capfd.readouterr()
    assert re.search(r"^shop/availability: pages after \d+ min at total outage", out, re.MULTILINE)
    assert "not run: shop/availability: the raw samples of this Ratio cannot be played" in err
    assert " 0 unchanged" in err
    assert main(["verify", "--format", "json"]) == 0
    again = json.loads(capfd.readouterr().out)
    assert (again["ok"], again["ran"]) == (True, 0)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("RELRAILS_TOOLS", "/nowhere")
    assert main(["verify"]) == 2
    assert "nothing was proved" in capfd.readouterr().err


def test_the_version_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capfd.readouterr().out.startswith("relrails ")


def test_python_can_run_the_package() -> None:
    assert run("--help").stdout == run("-h").stdout
    assert run("nope").returncode == 3
    module = importlib.import_module("relrails.__main__")
    entry: Callable[[], int] = module.main
    assert entry is main
