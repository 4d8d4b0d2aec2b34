"""Runs a program of an unpacked Debian package that looks for its own files in /usr/share.

Debian's Alertmanager reads /usr/share/prometheus/alertmanager/default.tmpl and does not start without it. In a mount
namespace of its own the package's folder lies over /usr/share; nobody else sees it, and no right is needed that a user
does not have.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relrails.toolchain.tools import Tool

SHARE = Path("/usr/share")
TEMPLATE = Path("prometheus/alertmanager/default.tmpl")


def argv(tool: "Tool") -> tuple[str, ...]:
    """Give the words that start a program: its path, and before it what lays its files where it looks for them.

    The process that they start is the program itself, so signals and its end are the program's.
    """
    own = tool.path.parent.parent / "share"
    if tool.name != "alertmanager" or (SHARE / TEMPLATE).is_file() or not (own / TEMPLATE).is_file():
        return (str(tool.path),)
    return ("unshare", "--map-root-user", "--mount", sys.executable, __file__, str(own), str(tool.path))


def main(own: str, program: str, *arguments: str) -> None:
    """Lay a folder over /usr/share and become the program."""
    lower = own.replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,")
    mount = ("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower}:{SHARE}", str(SHARE))
    subprocess.run(mount, check=True)
    os.execv(program, (program, *arguments))  # noqa: S606 - this process is to become that program


if __name__ == "__main__":
    main(*sys.argv[1:])
