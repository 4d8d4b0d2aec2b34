"""How the programs of Prometheus are started here."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.prometheus import Pair, fill
from relrails import toolchain
from relrails.toolchain import Tool
from staging.environment.component import Component, StagingError

DATA = "prometheus-data"
TEMPLATES = Path("share/prometheus/alertmanager/default.tmpl")
# Debian's Alertmanager reads its templates from /usr/share, whichever folder it was unpacked into. In a mount namespace
# of its own it finds them there, and nobody else sees a difference.
OVERLAY = 'share=$1; shift; mount -t overlay overlay -o "lowerdir=$share:/usr/share" /usr/share && exec "$@"'


def newest(name: str, major: int | None = None) -> Tool:
    """The newest version of a program, or of one generation; raises StagingError where there is none."""
    found = [tool for tool in toolchain.find(name) if major is None or tool.version[0] == major]
    if not found:
        wanted = name if major is None else f"{name} {major}.x"
        raise StagingError(f"there is no {wanted}\n  fix: `make tools` fetches it")
    return max(found, key=lambda tool: tool.version)


def prometheus(config: Path, address: str, folder: Path, major: int | None) -> Component:
    """Prometheus, keeping exemplars."""
    argv = [
        str(newest("prometheus", major).path),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / DATA}",
        f"--web.listen-address={address}",
        f"--web.external-url=http://{address}/",  # links in alerts would name the host otherwise
        "--enable-feature=exemplar-storage",
        "--web.enable-lifecycle",
        "--log.level=warn",
    ]
    return _component("prometheus", address, argv, folder)


def remember(past: Sequence[str], folder: Path, major: int | None) -> None:
    """Give Prometheus samples from before it is started."""
    server = newest("prometheus", major)
    fill(Pair(server, server.path.with_name("promtool")), folder / DATA, past)


def alertmanager(config: Path, address: str, folder: Path) -> Component:
    """Alertmanager, alone: it gossips with nobody."""
    program = newest("alertmanager").path
    argv = [
        *_with_templates(program),
        str(program),
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager-data'}",
        f"--web.listen-address={address}",
        f"--web.external-url=http://{address}/",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    return _component("alertmanager", address, argv, folder)


def blackbox(config: Path, address: str, folder: Path) -> Component:
    """Blackbox Exporter."""
    argv = [
        str(newest("blackbox_exporter").path),
        f"--config.file={config}",
        f"--web.listen-address={address}",
        "--log.level=warn",
    ]
    return _component("blackbox-exporter", address, argv, folder, ready="/-/healthy")


def runner(address: str, folder: Path, root: Path, services: Path, targets: dict[str, str]) -> Component:
    """The probe runner, sent to the services of this environment."""
    argv = [
        *(sys.executable, "-m", "relrails", "probe", "run"),
        *("--services", str(services)),
        *("--listen", address),
        *("--state", str(folder / "probe-state")),
    ]
    for name, url in targets.items():
        argv += ["--target", f"{name}={url}"]
    made = _component("probe-runner", address, argv, folder, ready="/healthz")
    made.folder = root
    return made


def _component(name: str, address: str, argv: list[str], folder: Path, ready: str = "/-/ready") -> Component:
    log = folder / f"{name}.log"
    return Component(name=name, url=f"http://{address}", argv=argv, log=log, folder=folder, ready=ready)


def _with_templates(program: Path) -> tuple[str, ...]:
    own = program.parent.parent / TEMPLATES
    if Path("/usr", TEMPLATES).is_file() or not own.is_file():
        return ()  # it is installed, or a release of the project that carries them inside
    unshare = shutil.which("unshare")
    if unshare is None:
        raise StagingError(
            f"{program} reads templates from /usr/share, and there is no unshare to put {own} there\n"
            "  fix: install util-linux, or put a release of the Alertmanager project on PATH"
        )
    return (unshare, "--map-root-user", "--mount", "sh", "-c", OVERLAY, "sh", str(program.parent.parent / "share"))
