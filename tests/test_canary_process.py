"""`relrails canary run` as processes: whoever is killed, and however, the canary does not stay."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from evidence.test_signing_cli import generated
from lying_prometheus import serving
from simulated_canary import Fleet

SERVICE = """
from dataclasses import replace
from relrails import canary
from relrails.units import seconds, minutes
from simulated_canary import policy, service as like

service = replace(
    like,
    scrape_interval=1 * seconds,
    canary=replace(
        policy,
        rollback=canary.Command(argv=("touch", {rolled!r})),
        promote=canary.Command(argv=("touch", {promoted!r})),
        step=2 * seconds,
        warmup=2 * seconds,
        min_duration={least} * seconds,
        max_duration=20 * minutes,
        recovery=canary.Recovery(within=20 * seconds),
    ),
)
"""
DIGEST = f"sha256:{'ab' * 32}"


@dataclass
class Project:
    """A project with a canary, and what its Prometheus sees."""

    folder: Path
    url: str
    fleet: Fleet

    @property
    def rolled(self) -> Path:
        return self.folder / "rolled"

    @property
    def promoted(self) -> Path:
        return self.folder / "promoted"

    @property
    def events(self) -> list[dict[str, Any]]:
        journal = self.folder / ".relrails-canary/shop.jsonl"
        lines = journal.read_text().splitlines()[1:] if journal.exists() else []
        return [json.loads(line)["event"] for line in lines if '"event"' in line and line.endswith("}")]

    def command(self, *arguments: str) -> "subprocess.Popen[str]":
        argv = [sys.executable, "-m", "relrails", "canary", *arguments, "--prometheus", self.url, "--format", "json"]
        return subprocess.Popen(
            argv,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )

    def run(self, *more: str) -> "subprocess.Popen[str]":
        return self.command("run", "shop", "--artifact", DIGEST, "--no-gate", *more)

    def watched(self, process: "subprocess.Popen[str]", looks: int = 2) -> None:
        """Wait until so many looks were judged."""
        self.until(lambda: sum(e["is"] == "Observation" for e in self.events) >= looks, process)

    def until(self, true: Callable[[], bool], process: "subprocess.Popen[str] | None" = None) -> None:
        end = time.monotonic() + 60
        while not true():
            if time.monotonic() > end or (process is not None and process.poll() is not None):
                said = process.communicate() if process is not None else ""
                pytest.fail(f"it did not come to that: {said}")
            time.sleep(0.05)


@contextmanager
def project(folder: Path, *, bad: float = 0.0, least: int = 600) -> Iterator[Project]:
    rolled = folder / "rolled"

    def serves(track: str, at: float) -> bool:
        return track == "stable" or not rolled.exists() or at < rolled.stat().st_mtime

    now = time.time()
    fleet = Fleet(
        rps=200,
        scrape=1,
        began=now - 100,
        started=now - 50,
        serves=serves,
        bad=lambda track, _at: bad if track == "canary" else 0.0,
    )
    (folder / "services").mkdir()
    (folder / "services/shop.py").write_text(
        SERVICE.format(rolled=str(rolled), promoted=str(folder / "promoted"), least=least)
    )
    with serving(fleet.said) as server:
        yield Project(folder, server.url, fleet)


def child_of(process: "subprocess.Popen[str]") -> int:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(listed[0])


def ended(process: "subprocess.Popen[str]") -> tuple[int, dict[str, Any], str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, json.loads(out) if out else {}, err


def test_a_bad_canary_is_rolled_back_with_signed_evidence_and_exit_code_1(tmp_path: Path) -> None:
    private, public = generated(tmp_path, "release-key")
    with project(tmp_path, bad=0.2) as found:
        code, said, _err = ended(found.run("--sign-with", f"file:{private}"))

    assert code == 1
    assert said["state"] == "VERIFIED"
    assert said["reasons"][0]["code"] in {"ERROR_RATE_DELTA", "ERROR_RATE_CEILING"}
    assert found.rolled.exists()
    bundles = list((tmp_path / "evidence/shop").iterdir())
    assert len(bundles) == 1
    assert json.loads((bundles[0] / "decision.json").read_text())["verdict"] == "ROLLBACK"
    verified = subprocess.run(
        [sys.executable, "-m", "relrails", "evidence", "verify", str(bundles[0]), "--key", str(public)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_good_canary_is_promoted_with_exit_code_0(tmp_path: Path) -> None:
    with project(tmp_path, least=6) as found:
        code, said, _err = ended(found.run())

    assert (code, said["state"]) == (0, "PROMOTED")
    assert found.promoted.exists()
    assert not found.rolled.exists()


def test_kill_9_of_the_controller_is_rolled_back_by_its_supervisor(tmp_path: Path) -> None:
    with project(tmp_path) as found:
        process = found.run()
        found.watched(process)
        os.kill(child_of(process), signal.SIGKILL)
        code, said, err = ended(process)

    assert code == 1
    assert said["state"] == "VERIFIED"
    assert said["reasons"][0]["code"] == "INTERNAL_ERROR"
    assert "was killed (SIGKILL)" in err
    assert found.rolled.exists()


def test_kill_9_of_the_supervisor_is_rolled_back_by_the_controller(tmp_path: Path) -> None:
    with project(tmp_path) as found:
        process = found.run()
        found.watched(process)
        # The whole process group, as a CI runner does it that has lost its patience.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        found.until(found.rolled.exists)
        found.until(lambda: not found.events)
        process.communicate()

    (done,) = (tmp_path / ".relrails-canary/done").iterdir()
    assert "the process that supervises the controller died" in done.read_text()


def test_when_both_are_killed_at_once_whoever_comes_next_rolls_it_back(tmp_path: Path) -> None:
    with project(tmp_path) as found:
        process = found.run()
        found.watched(process)
        child = child_of(process)
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(child, signal.SIGKILL)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert not found.rolled.exists()

        code, said, err = ended(found.command("recover", "shop"))

    assert code == 1
    assert said["state"] == "VERIFIED"
    assert "its controller is gone" in err
    assert found.rolled.exists()


def test_a_start_soon_after_takes_the_run_up_again_and_says_so(tmp_path: Path) -> None:
    with project(tmp_path, least=10) as found:
        process = found.run()
        found.watched(process)
        child = child_of(process)
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(child, signal.SIGKILL)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        before = len(found.events)

        code, said, err = ended(found.run())

    assert "is resumed after look" in err or "rolled back: nobody watched it" in err
    if "resumed" in err:
        assert (code, said["state"]) == (0, "PROMOTED")
        assert said["looks"] > before - 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_stops_it_rolls_it_back(tmp_path: Path, number: signal.Signals) -> None:
    with project(tmp_path) as found:
        process = found.run()
        found.watched(process, 1)
        process.send_signal(number)
        code, said, _err = ended(process)

    assert code == 1
    assert said["state"] == "VERIFIED"
    assert found.rolled.exists()


def test_a_person_is_heard_while_it_runs(tmp_path: Path) -> None:
    reason = ("--reason", "customers see old prices", "--by", "ada", "--approved-by", "grace")
    with project(tmp_path) as found:
        process = found.run()
        found.watched(process, 1)
        for digest in (f"sha256:{'cd' * 32}", DIGEST):
            argv = ["override", "create", "shop", "--kind", "rollback", "--artifact", digest, *reason]
            env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
            subprocess.run([sys.executable, "-m", "relrails", *argv], cwd=tmp_path, env=env, check=True)
        code, said, err = ended(process)

    assert (code, said["state"]) == (1, "VERIFIED")
    assert said["automatic"] is None
    assert said["reasons"][0]["code"] == "OPERATOR_ROLLBACK"
    assert "OVERRIDE_REJECTED" in err  # that of the other artifact
    (bundle,) = (tmp_path / "evidence/shop").iterdir()
    assert json.loads((bundle / "override.json").read_text())["by"] == "ada, approved by grace"


def test_two_controllers_cannot_watch_one_service(tmp_path: Path) -> None:
    with project(tmp_path) as found:
        process = found.run()
        found.watched(process, 1)
        code, _said, err = ended(found.run())
        process.terminate()
        ended(process)

    assert code == 3
    assert "another controller watches" in err
