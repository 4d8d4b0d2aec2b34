"""Reads the service files in a process of its own.

So a reload sees every file anew, a file that never ends or exits harms nobody, and the runner carries none of what
reading needs: pint alone has 20 MB.
"""

import asyncio
import pickle
import sys
from dataclasses import dataclass
from pathlib import Path

from relrails.live.probe.plan import Plan

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Read:
    """The journeys of a folder, or None where it has errors; `talk` is what is to be said of it."""

    plans: tuple[Plan, ...] | None
    talk: str


async def read(program: tuple[str, ...], services: Path) -> Read:
    """Run a program that prints pickled plans for a folder of services, and take them in."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        str(services),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return Read(None, f"{services} was not read after {TIMEOUT:g} s: does a file in it wait for something?")
    talk = err.decode(errors="replace").strip()
    if process.returncode != 0:
        return Read(None, talk or f"{services} was not read: the process ended with {process.returncode}")
    try:
        return Read(pickle.loads(out), talk)  # noqa: S301 - from our own process, which has run the very same files
    except Exception as error:
        return Read(None, f"{services}: what was read cannot be taken in: {error}")
