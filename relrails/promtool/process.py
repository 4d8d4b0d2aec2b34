"""Runs one of Prometheus' programs and keeps what it printed, in the order in which it printed it."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class ToolError(Exception):
    """The program could not be asked; nothing is known about the files."""


class ToolMissingError(ToolError):
    """There is no such program, or it does not run on this machine."""


class ToolTimeoutError(ToolError):
    """The program had not answered when its time was up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """What a program printed to stdout and stderr together, and how it ended."""

    exit_code: int
    text: str


def run(program: Path, arguments: Sequence[str], timeout_seconds: float) -> Output:
    """Run a program to its end; both streams share a pipe, as promtool names files on one and failures on the other."""
    try:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolTimeoutError(
            f"{program.name} {' '.join(arguments[:2])} took longer than {timeout_seconds:g} s"
        ) from error
    except OSError as error:
        raise ToolMissingError(f"{program} does not run: {error.strerror}") from error
    return Output(exit_code=done.returncode, text=done.stdout)
