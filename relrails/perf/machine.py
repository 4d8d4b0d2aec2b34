"""The machine on which something was measured: what makes a difference, and nothing that names it."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

Machine = Mapping[str, str | int | float | None]

COMPARED = ("architecture", "cpu", "cores", "system", "python", "governor")
"""What must be the same for two series to be held against each other."""


def fingerprint() -> dict[str, str | int | float | None]:
    """Describe this machine; no name of it, of its owner or of a path is in there."""
    return {
        "architecture": platform.machine(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "usable_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "memory_gib": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "governor": _text(Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")),
        "load_1m": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def unlike(one: Machine, other: Machine) -> list[str]:
    """Say what two machines differ in, as far as it matters."""
    return [f"{name}: {one.get(name)} and {other.get(name)}" for name in COMPARED if one.get(name) != other.get(name)]


def _cpu() -> str | None:
    text = _text(Path("/proc/cpuinfo")) or ""
    named = (line.partition(":")[2].strip() for line in text.splitlines() if line.startswith(("model name", "Model")))
    return next(named, None) or platform.processor() or None


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, OSError, AttributeError):
        return None


def _text(file: Path) -> str | None:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return None
