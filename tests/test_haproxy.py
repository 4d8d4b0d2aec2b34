"""HAProxy's runtime socket: weights are set, read back, and whatever does not answer has failed."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from simulated_canary import policy

from relrails.canary import HAProxy
from relrails.judge.canary import resolve
from relrails.live.canary import haproxy
from relrails.live.canary.acting import act, balancer, roll_back
from relrails.live.canary.haproxy import HAProxyError, Server
from relrails.live.canary.ramp import Ramp
from relrails.toolchain.tools import directory
from relrails.units import ms, percent, seconds

CONFIG = """\
global
  stats socket {socket} mode 600 level admin
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend front
  bind unix@{socket}.front
  default_backend shop
backend shop
  server stable 127.0.0.1:1 weight 100
  server other 127.0.0.1:1 weight 50
  server canary 127.0.0.1:1 weight 0
"""


@pytest.fixture(scope="module")
def running() -> Iterator[HAProxy]:
    """A real HAProxy; where the machine has none, these tests are named as not run."""
    found = shutil.which("haproxy") or str(directory() / "haproxy/usr/bin/haproxy")
    if not Path(found).exists():
        pytest.skip("no haproxy: `python -m relrails.toolchain` fetches it")
    # A socket's path may have 108 characters, and those of pytest are long.
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "s"
        (Path(folder) / "c").write_text(CONFIG.format(socket=where))
        argv = [found, "-f", str(Path(folder) / "c"), "-db"]
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            end = time.monotonic() + 20
            while not where.exists() and process.poll() is None and time.monotonic() < end:
                time.sleep(0.02)
            try:
                yield HAProxy(socket=str(where), backend="shop", timeout=2 * seconds)
            finally:
                process.terminate()


def weight(to: HAProxy) -> int:
    return next(server.weight for server in haproxy.servers(to) if server.name == to.server)


def test_the_servers_of_a_backend_are_read(running: HAProxy) -> None:
    haproxy.weigh(running, 0)

    assert haproxy.servers(running) == (Server("stable", 100, 100), Server("other", 50, 50), Server("canary", 0, 0))


def test_a_rollback_sets_the_weight_to_0_and_reads_it_back(running: HAProxy) -> None:
    haproxy.weigh(running, 30)

    (done,) = roll_back(running, {})

    assert done.ok
    assert "weight 0, read back" in done.output
    assert weight(running) == 0


def test_a_promotion_gives_it_the_weight_of_its_heaviest_peer(running: HAProxy) -> None:
    assert act("promote", running, {}).ok
    assert weight(running) == 100


def test_the_weight_rises_in_steps_while_it_warms_up(running: HAProxy) -> None:
    haproxy.weigh(running, 0)
    own = replace(policy, rollback=running, traffic_share=25 * percent, warmup=replace(policy).warmup)
    ramp = Ramp(own, resolve(own), balancer(own), 0)
    seen = []
    for look in range(4):
        assert ramp.raise_for(look) == ""
        seen.append((weight(running), ramp.share))

    # A quarter of 150 beside it is 50; with a warm-up of two looks there are two steps.
    assert [w for w, _ in seen] == [21, 50, 50, 50]
    assert [round(share or 0, 3) for _, share in seen] == [0.123, 0.25, 0.25, 0.25]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"backend": "search"}, "there is no backend search"),
        ({"server": "blue"}, "has no server blue"),
        ({"socket": "/not/there"}, "does not answer"),
        ({"socket": "127.0.0.1:1"}, "does not answer"),
    ],
)
def test_what_is_not_there_is_said(running: HAProxy, changed: dict[str, str], said: str) -> None:
    with pytest.raises(HAProxyError, match=said):
        haproxy.servers(replace(running, **changed))  # type: ignore[arg-type] # texts all


def test_a_weight_that_haproxy_refuses_is_no_success(running: HAProxy) -> None:
    with pytest.raises(HAProxyError):
        haproxy.weigh(running, 257)
    attempts = list(roll_back(replace(running, server="blue"), {}, lambda _: None))
    assert [done.ok for done in attempts] == [False, False, False]


@contextlib.contextmanager
def answering(answer: bytes | None) -> Iterator[HAProxy]:
    """A runtime socket that says always the same, or nothing at all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                with contextlib.suppress(OSError):
                    link, _ = server.accept()
                    with link:
                        link.recv(1000)
                        if answer is None:
                            over.wait(20)
                        else:
                            link.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        where = f"127.0.0.1:{server.getsockname()[1]}"
        try:
            yield HAProxy(socket=where, backend="shop", timeout=300 * ms)
        finally:
            over.set()
            with contextlib.suppress(OSError):
                socket.create_connection(server.getsockname(), 1).close()


@pytest.mark.parametrize(
    "answer", [b"", b"10 (initial 10)\n", b"No such server.\n", b"Permission denied\n", b"0x0", None]
)
def test_a_rollback_that_cannot_be_read_back_has_failed(answer: bytes | None) -> None:
    with answering(answer) as to:
        assert not act("rollback", to, {}).ok


@pytest.mark.parametrize(
    "answer", [b"", b"1\n", b"# be_id\n1 2 3\n", b"# srv_name srv_uweight srv_iweight\n1 x y\n", None]
)
def test_a_state_that_cannot_be_read_is_said(answer: bytes | None) -> None:
    with answering(answer) as to, pytest.raises(HAProxyError):
        haproxy.servers(to)


@pytest.mark.parametrize(("share", "expected"), [(0.01, 1), (0.1, 11), (0.5, 100), (0.0001, 1), (0.9, 256), (1.0, 256)])
def test_a_share_becomes_the_nearest_weight_and_never_none(share: float, expected: int) -> None:
    assert haproxy.weight_for(share, (Server("stable", 100, 100), Server("canary", 7, 7)), "canary") == expected
