"""A pip for a Python that came without one: Debian packages it apart, as a wheel.

`python3 relrails/toolchain/pip_wheel.py FOLDER` unpacks it there and prints its path. It runs before anything is
installed, when relrails itself cannot be imported, so what it imports of this folder needs the standard library alone.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType

PACKAGE = "python3-pip-whl"
WHEEL = "pip/usr/share/python-wheels/pip-*.whl"


def main(folder: Path, *, etc: Path = Path("/etc/apt"), release: tuple[str, str] | None = None) -> int:
    """Print the path of a pip wheel; exit 1 and say why when there is none to be had."""
    _allow_imports_before_installation()
    from relrails.toolchain.tools import say

    if not any(folder.glob(WHEEL)):
        say(f"fetching pip from the system's packages into {folder / 'pip'} (once)")
        complaints = _fetch(folder, etc, release)
        if complaints:
            say("\n".join(("pip could not be fetched", *complaints)))
            return 1
    sys.stdout.write(f"{max(folder.glob(WHEEL))}\n")
    return 0


def _fetch(folder: Path, etc: Path, release: tuple[str, str] | None) -> list[str]:
    from relrails.toolchain import apt
    from relrails.toolchain.distribution import ARCHIVES, release_of_this_machine

    distribution, own = release or release_of_this_machine()
    if distribution not in ARCHIVES or not apt.available():
        return [f"that takes apt-get on Debian or Ubuntu; this system is {distribution}"]
    archive = ARCHIVES[distribution]
    complaints = [f"apt's sources on this machine list no archive of {distribution} {own}"]
    folder.mkdir(parents=True, exist_ok=True)
    for mirror in archive.mirrors(own, etc):
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as temporary:
            try:
                suite = apt.read_lists(mirror, own, archive.components, Path(temporary))
                for package in suite.download((PACKAGE,)):
                    tree = Path(temporary) / "tree"
                    tree.mkdir()
                    apt.unpack(package, tree)
                    shutil.rmtree(folder / "pip", ignore_errors=True)
                    tree.rename(folder / "pip")
                    return []
                complaints.append(f"{own} has no package {PACKAGE}")
            except apt.AptError as error:
                complaints.append(str(error))
    return complaints[1:] or complaints


def _allow_imports_before_installation() -> None:
    """Stand in for relrails/__init__.py, which imports packages that are not installed yet."""
    if "relrails" not in sys.modules:
        package = ModuleType("relrails")
        package.__path__ = [str(Path(__file__).resolve().parents[1])]
        sys.modules["relrails"] = package


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]).absolute()))
