"""Names that Prometheus, Grafana and every file system take for what they are."""

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


TAKEN = {
    "budgets": "the dashboard of all budgets has this name",
    "journeys": "the dashboard of all journeys has this name",
    "overview": "the dashboard of all services has this name",
}


def refusal(name: str, taken: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """Tell what is wrong with a name and why it matters; None when it can be used everywhere."""
    if "/" in name or "\\" in name or ".." in name:
        return "a way through the file system", "the name becomes a file name, and files would be written elsewhere"
    if name in (taken or {}):
        return "already taken", f"{(taken or {})[name]}, and one would overwrite the other"
    if name in _DEVICES:
        return "a device on Windows", "no file can have this name there, so a checkout of generated/ would fail"
    if _NAME.fullmatch(name):
        return None
    limits = "it becomes a file name, a label value, a dashboard uid and a link, and has to mean the same in each"
    if not name:
        return "empty", limits
    if len(name) > 63 and _NAME.fullmatch(name[:63]):
        return f"{len(name)} characters, at most 63 are allowed", limits
    odd = sorted({c for c in name if not re.match(r"[a-z0-9-]", c)})
    if odd:
        return f"has {' '.join(map(repr, odd[:5]))}; only a-z, 0-9 and - are allowed", limits
    return "must start with a letter", limits


def suggested(name: str, otherwise: str, joint: str = "-") -> str:
    """Make a name that can be used out of one that cannot, its words joined by `joint`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    made = re.sub(r"^[0-9-]+", "", made)[:63].strip("-")
    return otherwise if not made or refusal(made, TAKEN) else made.replace("-", joint)[:48].rstrip(joint)


ALERT_LABELS = frozenset({"alertname", "alertstate", "severity", "service", "slo", "owner", "long", "short"})
"""The labels that rules of ours set, or Prometheus on alerts."""


def link_fault(link: str) -> str | None:
    """Tell why a text is no link that can be shown to everybody; None when it is one."""
    try:
        parts = urlsplit(link)
        host, secret = parts.hostname, parts.username or parts.password
    except ValueError as error:
        return str(error).lower()
    if parts.scheme not in {"http", "https"} or not host:
        return "must begin with https:// or http://, and a host"
    if secret:
        return "has a password in it, which every alert would show"
    if not link.isprintable() or " " in link or '"' in link or "<" in link:
        return "has characters that end a link"
    return None
