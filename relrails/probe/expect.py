"""What an answer must be: `expect.status(200)`, `expect.json("$.state", equals="ready")`."""

from dataclasses import dataclass, field
from typing import Any

from relrails.source import Source, here


@dataclass(frozen=True, slots=True)
class Status:
    """The status is one of these."""

    codes: tuple[int, ...]
    source: Source = field(default_factory=here, compare=False, repr=False, kw_only=True)

    def sentence(self) -> str:
        """Say it, for a page that somebody reads at night."""
        return f"status {' or '.join(str(c) for c in self.codes)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Json:
    """The value at a JSONPath (RFC 9535) is there, and is what it must be."""

    path: str
    equals: Any = None
    at_least: float | None = None
    matches: str | None = None
    source: Source = field(default_factory=here, compare=False, repr=False)

    def sentence(self) -> str:
        """Say it, for a page that somebody reads at night."""
        if self.equals is not None:
            return f"{self.path} = {self.equals!r}"
        if self.at_least is not None:
            return f"{self.path} ≥ {self.at_least:g}"
        return f"{self.path} matches {self.matches}" if self.matches is not None else f"{self.path} is there"


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """A header is there, and the regular expression (RE2) is found in it."""

    name: str
    matches: str = ""
    source: Source = field(default_factory=here, compare=False, repr=False)

    def sentence(self) -> str:
        """Say it, for a page that somebody reads at night."""
        return f"header {self.name} matches {self.matches}" if self.matches else f"header {self.name} is there"


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The regular expression (RE2) is found in the body."""

    matches: str
    source: Source = field(default_factory=here, compare=False, repr=False)

    def sentence(self) -> str:
        """Say it, for a page that somebody reads at night."""
        return f"body matches {self.matches}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ZipManifest:
    """The body is a zip file whose files have the SHA-256 that its manifest gives, as `sha256sum -c` reads it."""

    name: str
    source: Source = field(default_factory=here, compare=False, repr=False)

    def sentence(self) -> str:
        """Say it, for a page that somebody reads at night."""
        return f"a zip file whose files have the checksums of its {self.name}"


Expectation = Status | Json | Header | Body | ZipManifest


def status(*codes: int) -> Status:
    """One of these statuses."""
    return Status(codes)


def json(path: str, *, equals: Any = None, at_least: float | None = None, matches: str | None = None) -> Json:
    """A value at a JSONPath: there, equal, at least this much, or matching."""
    return Json(path=path, equals=equals, at_least=at_least, matches=matches)


def header(name: str, *, matches: str = "") -> Header:
    """A header: there, or matching."""
    return Header(name=name, matches=matches)


def body(*, matches: str) -> Body:
    """A body that matches."""
    return Body(matches=matches)


def zip_manifest(name: str = "MANIFEST.sha256") -> ZipManifest:
    """A zip file that agrees with its own manifest."""
    return ZipManifest(name=name)
