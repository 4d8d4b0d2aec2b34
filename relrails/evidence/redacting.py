"""Secrets and strangers' label values taken out of evidence, before anything is hashed."""

import hashlib
import hmac
import json
import re
import secrets as random_secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from relrails.evidence.masking import MASK, is_secret_name, known, mask_text
from relrails.evidence.printing import plain
from relrails.evidence.values import Json

LABELS = frozenset(
    {
        *("__name__", "job", "service", "namespace", "track", "code", "le", "quantile", "version", "env"),
        *("slo", "sli", "journey", "step", "reason", "outcome", "check", "verdict", "window", "tier", "method"),
        *("alertname", "alertstate", "severity", "owner"),
    }
)
"""Labels whose values say nothing about a customer."""
_LABEL_MAPS = frozenset({"metric", "labels", "discoveredLabels", "groupLabels", "commonLabels", "annotations"})
_QUERIES = frozenset({"promql", "expr", "query", "error", "warnings", "infos"})
"""Fields that hold PromQL, or quote it."""
_HEADERS = frozenset({"headers", "request_headers", "response_headers", "trailers"})
_ENVIRONMENTS = frozenset({"environ", "environment_variables"})
_OPTION = re.compile(r"--?([A-Za-z][\w.-]*)")
_MATCHER = re.compile(
    r"""(?P<label>[A-Za-z_]\w*|"(?:[^"\\]|\\.)*")(?P<op>\s*(?:=~|!~|!=|=)\s*)(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)"""
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Redaction:
    """What may stay: the values of these labels. What must not: these very secrets, whatever they look like.

    Other labels' values become a keyed hash, so that equal ones stay equal; the key is forgotten with the run.
    """

    labels: frozenset[str] = LABELS
    secrets: Sequence[str] = ()
    key: bytes = field(default_factory=lambda: random_secrets.token_bytes(32), repr=False)


class Redactor:
    """Goes through documents, and counts what it takes out, by place; list positions count as one place, `*`."""

    def __init__(self, redaction: Redaction) -> None:
        self._labels, self._key = redaction.labels, redaction.key
        self._known = known(redaction.secrets)
        self.counts: Counter[str] = Counter()

    def document(self, name: str, value: Json) -> Json:
        """Redact a document of this name."""
        return self._value(value, f"{name}#", "")

    def text(self, text: str, place: str) -> str:
        """Redact one text."""
        return self._noted(text, mask_text(self._known(text)), place)

    def promql(self, text: str, place: str) -> str:
        """Redact a query: values of matchers on labels that are not to be shown, and secrets."""
        return self.text(self._noted(text, _MATCHER.sub(self._matcher, text), place), place)

    def label(self, name: str, value: str) -> str:
        """Redact the value of a label."""
        if name in self._labels or not value:
            return value
        return "redacted:" + hmac.new(self._key, value.encode(errors="replace"), hashlib.sha256).hexdigest()[:8]

    def _matcher(self, found: re.Match[str]) -> str:
        name, value = found["label"].strip('"'), found["value"]
        kept = self.label(name, value[1:-1])
        return f"{found['label']}{found['op']}{value[0]}{kept}{value[0]}"

    def _noted(self, before: str, after: str, place: str) -> str:
        if after != before:
            self.counts[place] += 1
        return after

    def _value(self, value: Json, place: str, name: str) -> Json:
        match value:
            case str() if name in _QUERIES:
                return self.promql(value, place)
            case str():
                return self.text(value, place)
            case Mapping():
                return self._mapping(value, place)
            case Sequence() if name == "argv":
                return self.argv([str(word) for word in value], f"{place}/*")
            case Sequence():
                return [self._value(inner, f"{place}/*", name if name in _QUERIES else "") for inner in value]
            case _:
                return value

    def _mapping(self, value: Mapping[str, Json], place: str) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for name, inner in value.items():
            shown = self.text(name, f"{place}/*")
            here = f"{place}/{shown.replace('~', '~0').replace('/', '~1')}"
            if name in _HEADERS:
                self.counts[here] += 1  # a header is dropped with its name: which ones are secret, nobody can list
            elif name in _LABEL_MAPS and isinstance(inner, Mapping):
                found[shown] = self._each(inner, here, self._label_value)
            elif name in _ENVIRONMENTS and isinstance(inner, Mapping):
                found[shown] = self._each(inner, here, lambda _, value, there: self._secret(value, there))
            elif is_secret_name(name) and isinstance(inner, str):
                found[shown] = self._secret(inner, here)
            else:
                found[shown] = self._value(inner, here, name)
        return found

    def _each(
        self, values: Mapping[str, Json], place: str, redact: Callable[[str, Json, str], Json]
    ) -> dict[str, Json]:
        shown = {name: self.text(name, f"{place}/*") for name in values}
        return {shown[name]: redact(name, value, f"{place}/{shown[name]}") for name, value in values.items()}

    def _label_value(self, name: str, value: Json, place: str) -> Json:
        if not isinstance(value, str):
            return self._value(value, place, name)
        return self.text(self._noted(value, self.label(name, value), place), place)

    def _secret(self, value: Json, place: str) -> Json:
        # A reference says where a secret is, and is no secret itself.
        if value is None or value == "" or (isinstance(value, str) and value.startswith(("env:", "file:"))):
            return value
        self.counts[place] += 1
        return MASK

    def argv(self, words: Sequence[str], place: str = "argv") -> list[Json]:
        """Redact a program's arguments: what looks like a secret, and what follows an option that takes one."""
        found: list[Json] = []
        hidden = False
        for word in words:
            option = _OPTION.match(word)
            name, equals, value = word.partition("=")
            if hidden:
                found.append(self._secret(word, place))
            elif equals and value and is_secret_name(name.lstrip("-")):
                found.append(f"{name}={self._secret(value, place)}")
            else:
                found.append(self.text(word, place))
            hidden = not hidden and option is not None and not equals and _takes_a_secret(option[1])
        return found

    def body(self, data: bytes, place: str, limit: int) -> Json:
        """Redact what a server answered: as JSON where it is JSON, and otherwise as much of the text as is short.

        What is longer than `limit` bytes when redacted is cut, and says so.
        """
        try:
            answered: Json = json.loads(data)
        except (ValueError, RecursionError):
            text = data[:2048].decode(errors="replace")
            text = re.sub(r'"([A-Za-z_]\w*)"(\s*:\s*)"((?:[^"\\]|\\.)*)"?', self._pair, text)
            return {"not_json": self.text(text, place), "bytes": len(data), "truncated": len(data) > 2048}
        kept = self._value(plain(answered), place, "")
        printed = json.dumps(kept, ensure_ascii=False)
        if len(printed.encode()) <= limit:
            return kept
        return {"cut": printed.encode()[:limit].decode(errors="ignore"), "bytes": len(data), "truncated": True}

    def _pair(self, found: re.Match[str]) -> str:
        known_words = {"status", "resultType", "errorType"}
        value = found[3] if found[1] in known_words else self.label(found[1], found[3])
        return f'"{found[1]}"{found[2]}"{value}"'


def _takes_a_secret(option: str) -> bool:
    return is_secret_name(option) or option in {"u", "user"}  # curl's name:password
