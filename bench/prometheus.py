"""A real Prometheus over samples of our own: filled through promtool, asked over the loopback, ended with the block."""

import json
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relrails import toolchain
from relrails.promql.printer import quoted
from relrails.toolchain import Tool

READY_SECONDS = 60
ANSWER_SECONDS = 120
LARGEST_BLOCK = "162h"
"""A length that Prometheus knows too; the default of two hours would read the input 360 times for a month."""


class MissingError(Exception):
    """A program of Prometheus is not on this machine; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A Prometheus and its promtool, of one version."""

    server: Tool
    promtool: Path


def pairs() -> tuple[Pair, ...]:
    """Find every Prometheus that has its promtool beside it; raises MissingError where there is none."""
    found = [Pair(tool, tool.path.with_name("promtool")) for tool in toolchain.find("prometheus")]
    whole = tuple(pair for pair in found if pair.promtool.is_file())
    if not whole:
        raise MissingError("no prometheus with its promtool; `python -m relrails.toolchain` fetches both")
    return whole


@dataclass(frozen=True, slots=True)
class Answer:
    """What an instant query gave: values by their labels, and the samples that it read."""

    values: tuple[tuple[dict[str, str], float], ...]
    samples: int

    @property
    def only(self) -> float:
        """The value, where there is exactly one."""
        (value,) = (v for _, v in self.values)
        return value


@dataclass(frozen=True, slots=True)
class Client:
    """A running Prometheus."""

    url: str

    def query(self, expr: str, at: int) -> Answer:
        """Ask for an expression at a moment."""
        form = urllib.parse.urlencode({"query": expr, "time": at, "stats": "all"}).encode()
        data = _get(f"{self.url}/api/v1/query", form)["data"]
        found = data["result"] if data["resultType"] == "vector" else [{"metric": {}, "value": data["result"]}]
        values = tuple((item["metric"], float(item["value"][1])) for item in found)
        return Answer(values, data["stats"]["samples"]["totalQueryableSamples"])


def sample(metric: str, labels: dict[str, str], value: float, at: float) -> str:
    """Write one sample as OpenMetrics."""
    inner = ",".join(f"{name}={quoted(text)}" for name, text in labels.items())
    return f"{metric}{{{inner}}} {value:.17g} {at:.3f}\n"


def fill(pair: Pair, data: Path, lines: Iterable[str]) -> None:
    """Add samples to a database that nobody serves."""
    with tempfile.NamedTemporaryFile("w", suffix=".om", encoding="utf-8") as file:
        file.writelines(lines)
        file.write("# EOF\n")
        file.flush()
        _promtool(pair, data.parent, "openmetrics", file.name, str(data))


def record(pair: Pair, data: Path, rules: Path, start: int, end: int) -> None:
    """Add what recording rules make of a database, at each of their intervals; they do not see one another."""
    with serving(pair, data) as client:
        made = data.with_name(f"{data.name}-made")
        span = (f"--start={start}", f"--end={end}", f"--url={client.url}", f"--output-dir={made}")
        # When in its interval a group is evaluated hangs on its name and the path of its file: that must not be random.
        _promtool(pair, rules.parent, "rules", *span, rules.name)
    for block in made.iterdir():
        block.rename(data / block.name)
    made.rmdir()


@contextmanager
def serving(pair: Pair, data: Path, configuration: str = "global: {}\n") -> Iterator[Client]:
    """Serve a database on a free port of the loopback until the block ends."""
    config = data.with_name(f"{data.name}.yml")
    config.write_text(configuration, encoding="utf-8")
    port = _free_port()
    argv = [
        str(pair.server.path),
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL) as process,
    ):
        try:
            client = Client(f"http://127.0.0.1:{port}")
            _wait(client, process)
            yield client
        except Exception as error:
            log.seek(0)
            error.add_note(log.read().decode(errors="replace"))
            raise
        finally:
            process.terminate()
            try:
                process.wait(timeout=READY_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _promtool(pair: Pair, folder: Path, what: str, *arguments: str) -> None:
    # Hidden in the help of promtool, but there since 2.25: without it a month is 360 blocks.
    argv = [str(pair.promtool), "tsdb", "create-blocks-from", f"--max-block-duration={LARGEST_BLOCK}", what, *arguments]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)} exited {done.returncode}:\n{done.stdout}{done.stderr}")


def _wait(client: Client, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            with _open(f"{client.url}/-/ready"):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"Prometheus was not ready within {READY_SECONDS} s, or ended with {process.returncode}")


def _get(url: str, form: bytes) -> dict[str, Any]:
    try:
        with _open(url, form) as answer:
            said: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"Prometheus refused {form.decode()}: {error.read().decode(errors='replace')}") from error
    return said


def _open(url: str, form: bytes | None = None) -> Any:
    # Without proxies: what is asked runs on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(url, form, timeout=ANSWER_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
