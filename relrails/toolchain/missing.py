"""What cannot be checked for want of a program, and what to do about it on each system."""

from pathlib import Path

from relrails.toolchain.tools import directory, find

MAJORS = (2, 3)

# What cannot be checked without a program; printed when it is missing.
PURPOSES = {
    "prometheus": "the benchmark of evaluation cost",
    "amtool": "the checks of Alertmanager's configuration",
    "alertmanager": "the checks that run a real Alertmanager",
    "blackbox_exporter": "the checks of the Blackbox Exporter's configuration",
}


def missing(root: Path | None = None) -> tuple[str, ...]:
    """What cannot be checked here for want of a program, one sentence each; empty when all is there."""
    home = directory() if root is None else root
    here = {tool.version[0] for tool in find("promtool", home)}
    without = [
        f"no promtool {major}.x: rules and proofs are not checked on Prometheus {major}.x"
        for major in MAJORS
        if major not in here
    ]
    without += [f"no {name}: {purpose} cannot run" for name, purpose in PURPOSES.items() if not find(name, home)]
    return tuple(without)


def by_hand(why: str, home: Path, distribution: str) -> str:
    """The message of a fetch that failed: why, what is not checked now, and the way out on this system."""
    lost = "".join(f"  not checked: {sentence}\n" for sentence in missing(home))
    by_system = {
        "Darwin": "`brew install prometheus alertmanager` brings 3.x",
        "debian": "repair apt, its sources or the network, and run this again",
        "ubuntu": "repair apt, its sources or the network, and run this again",
    }
    hint = by_system.get(distribution, "unpack the release archives of the Prometheus project")
    return (
        f"not every program of Prometheus could be fetched\n{why}\n{lost}"
        f"  fix: {hint};\n"
        f"       every promtool on PATH counts, and each in a release archive that is unpacked to {home}/ANY-NAME/;\n"
        f"       wanted are one of 2.42 or a later 2.x, and one of 3.x"
    )
