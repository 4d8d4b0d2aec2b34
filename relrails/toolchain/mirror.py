"""Which package mirrors this machine uses, read from apt's own sources in both of their formats."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ONE_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<components>.*)")

# What must hold for another suite of the same mirror too: who signs it, and which machine it is for.
KEPT_FIELDS = {
    "signed-by": "Signed-By",
    "trusted": "Trusted",
    "architectures": "Architectures",
    "arch": "Architectures",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mirror:
    """A place that apt takes packages from, with the options that its other suites need as well."""

    uri: str
    options: tuple[tuple[str, str], ...] = ()

    def source(self, suite: str, components: str) -> str:
        """The deb822 stanza that makes apt read one suite of this mirror."""
        fields = (
            ("Types", "deb"),
            ("URIs", self.uri),
            ("Suites", suite),
            ("Components", components),
            ("Targets", "Packages"),  # not the translations, icons and file lists that other programs ask for
            *self.options,
        )
        return "".join(f"{name}: {value}\n" for name, value in fields)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


def mirrors(distribution: str, suites: frozenset[str], etc: Path = Path("/etc/apt")) -> tuple[Mirror, ...]:
    """The mirrors that carry one of these suites, the distribution's own before other people's."""
    found = {
        Mirror(uri=uri, options=source.options)
        for source in _sources(etc)
        if suites.intersection(source.suites) and "main" in source.components
        for uri in source.uris
        if not uri.startswith("cdrom:")
    }
    # Other vendors also publish "bookworm main"; the distribution's own archive is a folder named after it.
    return tuple(
        sorted(found, key=lambda mirror: (not mirror.uri.rstrip("/").endswith(f"/{distribution}"), mirror.uri))
    )


def _sources(etc: Path) -> Iterator[_Source]:
    parts = etc / "sources.list.d"
    for file in (etc / "sources.list", *sorted(parts.glob("*.list"))):
        for line in _text(file).splitlines():
            yield from _one_line(line.strip())
    for file in sorted(parts.glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", _text(file)):
            yield from _deb822(stanza)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:  # a source that this user may not read is one that this user does not have
        return ""


def _one_line(line: str) -> Iterator[_Source]:
    entry = ONE_LINE.match(line)
    if entry is None:
        return
    options = dict(option.split("=", 1) for option in (entry["options"] or "").split() if "=" in option)
    yield _Source(
        uris=(entry["uri"],),
        suites=(entry["suite"],),
        components=tuple(entry["components"].split("#")[0].split()),
        options=_kept({name: value.replace(",", " ") for name, value in options.items()}),
    )


def _deb822(stanza: str) -> Iterator[_Source]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace() and name:
            fields[name] += f"\n{line}"  # a key written into the file spans lines, and is passed on as it stands
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in {"no", "false", "0"}:
        return
    yield _Source(
        uris=tuple(fields.get("uris", "").split()),
        suites=tuple(fields.get("suites", "").split()),
        components=tuple(fields.get("components", "").split()),
        options=_kept(fields),
    )


def _kept(fields: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted((KEPT_FIELDS[name.lower()], value) for name, value in fields.items() if name.lower() in KEPT_FIELDS)
    )
