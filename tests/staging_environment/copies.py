"""Copies of services/ and probes/ with other times in them, and what `relrails generate` makes of the copies."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from staging.environment.environment import ROOT

Changes = Mapping[str, Mapping[str, str]]
"""By file: what is written there, and what is written there instead."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Where the copies are."""

    services: Path
    generated: Path


def changed(folder: Path, changes: Changes) -> Copies:
    """Copy, change and generate; every change must find something to change."""
    for name in ("services", "probes"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, pairs in changes.items():
        file = folder / name
        text = file.read_text()
        for old, new in pairs.items():
            assert old in text, f"{name} no longer says {old!r}"
            text = text.replace(old, new)
        file.write_text(text)
    copies = Copies(folder / "services", folder / "generated")
    argv = [sys.executable, "-m", "relrails", "generate"]
    argv += ["--services", str(copies.services), "--out", str(copies.generated)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return copies
