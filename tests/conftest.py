"""What all tests share: Prometheus' programs, Hypothesis' settings, and a summary that hides nothing."""

import os

import pytest
from hypothesis import settings

from relrails import toolchain
from relrails.promtool import Promtool
from relrails.toolchain import Tool

WITHOUT_TOOLS = "RELRAILS_WITHOUT_TOOLS"
MAJORS = (2, 3)

settings.register_profile("relrails", deadline=None, derandomize=True)  # the same verdict on the same commit
settings.register_profile("explore", deadline=None, max_examples=400)  # new cases each time: `make explore`
settings.load_profile("relrails")


def pytest_configure(config: pytest.Config) -> None:
    """Let tests that work in other folders find this checkout's tools, and their subprocesses too."""
    os.environ.setdefault("RELRAILS_TOOLS", str(config.rootpath / ".tools"))


@pytest.fixture(scope="session")
def promtools() -> tuple[Tool, ...]:
    """Every promtool on this machine; at least one of 2.x and one of 3.x."""
    found = toolchain.find("promtool")
    absent = sorted(set(MAJORS) - {tool.version[0] for tool in found})
    if absent:
        _without(" and ".join(f"no promtool {major}.x" for major in absent))
    return found


@pytest.fixture(params=MAJORS, ids=lambda major: f"{major}.x")
def promtool(request: pytest.FixtureRequest, promtools: tuple[Tool, ...]) -> Promtool:
    """One promtool, asked by the same test for 2.x and for 3.x."""
    tool = next(tool for tool in promtools if tool.version[0] == request.param)
    return Promtool(tool, timeout_seconds=120)


@pytest.fixture(scope="session")
def amtools() -> tuple[Tool, ...]:
    """Every amtool on this machine; at least one."""
    return _some("amtool")


@pytest.fixture(scope="session")
def blackbox_exporters() -> tuple[Tool, ...]:
    """Every Blackbox Exporter on this machine; at least one."""
    return _some("blackbox_exporter")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which programs the tests ran on, what is missing, and every test that was not run with its reason."""
    names = ("promtool", "amtool", "blackbox_exporter")
    found = ", ".join(str(tool) for name in names for tool in toolchain.find(name))
    terminalreporter.write_line(f"tested with: {found or 'none of the programs of Prometheus'}")
    for sentence in toolchain.missing():
        terminalreporter.write_line(f"missing: {sentence}", red=True)
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section(f"{len(skipped)} TESTS WERE NOT RUN", sep="!", red=True, bold=True)
        for report in sorted(skipped, key=lambda report: str(report.nodeid)):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.write_line(f"{report.nodeid}: {str(reason).removeprefix('Skipped: ')}", red=True)


def _some(name: str) -> tuple[Tool, ...]:
    found = toolchain.find(name)
    if not found:
        _without(f"no {name}")
    return found


def _without(missing: str) -> None:
    if os.environ.get(WITHOUT_TOOLS) == "1":
        pytest.skip(f"{missing}, and {WITHOUT_TOOLS}=1")
    fix = f"`python -m relrails.toolchain` fetches it; {WITHOUT_TOOLS}=1 runs only the tests that need none"
    pytest.fail(f"{missing}: {fix}", pytrace=False)
