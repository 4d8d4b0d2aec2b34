"""Drills of a release: one that is bad, one that is not, and one whose controller is killed."""

import os
import signal
import subprocess
import sys
import time

from staging.drill.stage import Ended, Stage
from staging.drill.story import Told
from staging.environment import eventually

WORST_SECONDS = 120
"""From the fault to the canary without traffic, at most."""
ERROR_RATIO = 0.3
EXPECTED = {"ERROR_RATE_DELTA", "ERROR_RATE_CEILING"}


def regression(stage: Stage, told: Told) -> None:
    """A release that fails three requests in ten must be gone within two minutes, by itself."""
    with stage.release() as release:
        release.watched(looks=3)
        stage.pair.fault("canary", error_ratio=ERROR_RATIO)
        broken = time.monotonic()
        eventually(lambda: stage.pair.weights()["canary"] == 0, WORST_SECONDS * 2, "HAProxy gives the canary nothing")
        took = time.monotonic() - broken
        ended = release.end()
    told.bundle = ended.bundle
    told.expect("the canary has no traffic within two minutes of the fault", took <= WORST_SECONDS, f"{took:.0f} s")
    told.expect("the controller says that it rolled back", ended.code == 1, _said(ended))
    primary = ended.codes[:1]
    told.expect("for the reason that was injected", bool(EXPECTED.intersection(primary)), ", ".join(ended.codes))
    recovered = "POST_ROLLBACK_NOT_RECOVERED" not in ended.codes and ended.result.get("state") == "VERIFIED"
    told.expect("and saw the service recover", recovered, str(ended.result.get("state")))
    _verified(told)


def twin(stage: Stage, told: Told) -> None:
    """The same policy on two equal versions must promote: a guardrail that always fires proves nothing."""
    with stage.release() as release:
        ended = release.end()
    told.bundle = ended.bundle
    told.expect("nothing was injected, and the canary was promoted", ended.code == 0, _said(ended))
    told.expect("by evidence", ended.codes[:1] == ["HEALTHY"], ", ".join(ended.codes))
    _verified(told)


def killed(stage: Stage, told: Told) -> None:
    """A controller that is killed in the middle, without a chance to say anything, must not leave its canary behind."""
    with stage.release() as release:
        release.watched(looks=3)
        os.kill(release.child(), signal.SIGKILL)
        gone = time.monotonic()
        eventually(lambda: stage.pair.weights()["canary"] == 0, WORST_SECONDS * 2, "HAProxy gives the canary nothing")
        took = time.monotonic() - gone
        ended = release.end()
    told.bundle = ended.bundle
    told.expect("the canary has no traffic within two minutes of the kill", took <= WORST_SECONDS, f"{took:.0f} s")
    told.expect("whoever is left says that it was rolled back", ended.code == 1, _said(ended))
    _verified(told)


def _said(ended: Ended) -> str:
    state = ended.result.get("state", "nothing")
    return f"exit {ended.code}, {state}" + ("" if ended.result else f": {ended.said.strip()[-400:]}")


def _verified(told: Told) -> None:
    """Hold the bundle against itself, as anybody can."""
    if told.bundle is None:
        told.expect("there is a bundle of evidence", False, "none was written")
        return
    argv = [sys.executable, "-m", "relrails", "evidence", "verify", str(told.bundle)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    told.expect("its evidence verifies", done.returncode == 0, (done.stdout + done.stderr).strip().splitlines()[-1])
