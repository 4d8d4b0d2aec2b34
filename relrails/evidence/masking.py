"""What a secret looks like in text, and what is left of it."""

import re
from collections.abc import Callable, Iterable

from relrails.live.spellings import spellings

MASK = "***"
_STRONG = r"pass(?:wor[dt]|wd|phrase)?s?|pwd|secrets?|api[-_]?keys?|access[-_]?keys?|private[-_]?keys?|credentials?"
_WEAK = r"tokens?|auth|authorization|cookies?|session[-_]?id|jwt|bearer|signature|auth[-_]?key"
_NAME = re.compile(rf"(?:\A|[-_.])(?:(?:{_STRONG})(?:\Z|[-_.])|(?:{_WEAK})\Z)", re.IGNORECASE)
"""API_TOKEN, --client-secret, PASSWORD_PROD; not auth_query, which is a journey."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

KNOWN_PARAMETERS = frozenset(
    {
        *("time", "start", "end", "step", "timeout", "limit", "stats", "engine", "type"),
        *("var-service", "var-job", "var-slo", "var-env", "var-environment", "var-journey", "var-namespace"),
        *("dedup", "partial_response", "max_source_resolution", "from", "to", "orgId", "viewPanel", "refresh"),
    }
)
"""What may stand in the query of a URL; the value of everything else is dropped, PromQL with its labels too."""

_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s\"'`<>]+", re.IGNORECASE)
_USERINFO = re.compile(r"\b([a-z][a-z0-9+.-]*://)[^\s/@\"'`<>]*:[^\s/@\"'`<>]+@", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"\[[\da-f:.]+\](?::\d+)?|[^:]*:\d+", re.IGNORECASE)
_HOOKS = re.compile(
    r"((?:hooks\.slack\.com|discord(?:app)?\.com/api/webhooks|[\w.-]*webhook\.office\.com)/)[^\s\"'`<>?#]+"
)
_HEADER = re.compile(r"((?:authorization|cookie)[\"']?\s*[:=]\s*[\"']?)[^\r\n\"']+", re.IGNORECASE)
_ASSIGNED = re.compile(
    rf"""((?<![a-z0-9])[\w.-]*(?:{_STRONG}|tokens?|jwt|signature)[\"']?\s*[=:]\s*)"""
    r"""("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s"'&,;]+)""",
    re.IGNORECASE,
)
"""`password=…`, `"token": "…"`, wherever it stands."""
_SHAPES = re.compile(
    r"""
      -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----[\s\S]*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | \b(?:basic|bearer)\s+[A-Za-z0-9+/=._~-]{8,}
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?   # a JSON web token
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \b(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|sk-|sk_live_|npm_|pypi-|hvs\.|glc_|glsa_)[A-Za-z0-9_-]{10,}
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Tell whether what goes by this name is a secret."""
    return _NAME.search(_CAMEL.sub("-", name)) is not None


def mask_url(url: str) -> str:
    """Drop the userinfo of a URL, and the values of parameters that nobody has said to be harmless."""
    scheme, _, rest = url.partition("://")
    cut = next((i for i, sign in enumerate(rest) if sign in "?#"), len(rest))
    place, more = rest[:cut], rest[cut:]
    netloc, slash, path = place.partition("/")
    if "@" in netloc:
        netloc = MASK + "@" + netloc.rpartition("@")[2]
    elif (
        "@" in path and ":" in netloc and not re.fullmatch(r"\[[\da-f:.]+\](?::\d+)?|[^:]*:\d+", netloc, re.IGNORECASE)
    ):
        netloc, slash, path = MASK + "@" + path.rpartition("@")[2], "", ""  # a password with a slash in it
    return f"{scheme}://{netloc}{slash}{path}{_mask_parameters(more)}"


def _mask_parameters(more: str) -> str:
    return re.sub(r"([?#&;])([^?#&;]+)", _mask_parameter, more)


def _mask_parameter(found: re.Match[str]) -> str:
    name, equals, value = found[2].partition("=")
    if not equals:
        return found[1] + (MASK if found[1] != "#" else name)
    keep = name in KNOWN_PARAMETERS or not value
    return f"{found[1]}{name}={value if keep else MASK}"


def mask_text(text: str) -> str:
    """Drop from a text what looks like a secret."""
    text = _HOOKS.sub(rf"\1{MASK}", _URL.sub(lambda found: mask_url(found[0]), text))
    return _ASSIGNED.sub(rf"\1{MASK}", _HEADER.sub(rf"\1{MASK}", _SHAPES.sub(MASK, text)))


def mask_shapes(text: str) -> str:
    """Drop what can be nothing but a secret: keys and tokens by their shape, and the userinfo of URLs."""
    return _USERINFO.sub(rf"\1{MASK}@", _SHAPES.sub(MASK, text))


def known(secrets: Iterable[str]) -> Callable[[str], str]:
    """Make a function that drops these very secrets: as they are, as URLs write them, and inside of base64."""
    spelled = {form for secret in secrets if secret for form in spellings(secret)}
    if not spelled:
        return lambda text: text
    pattern = re.compile("|".join(re.escape(form) for form in sorted(spelled, key=lambda s: (-len(s), s))))
    return lambda text: pattern.sub(MASK, text)
