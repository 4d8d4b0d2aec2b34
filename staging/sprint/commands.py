"""relrails, run as anybody runs it."""

import subprocess
import sys
from pathlib import Path

PATIENCE_SECONDS = 300


def relrails(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of relrails in this project."""
    argv = [sys.executable, "-m", "relrails", *arguments]
    return subprocess.run(argv, cwd=root, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
