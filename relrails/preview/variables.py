"""A dashboard's variables put into queries and words, as Grafana does it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from relrails.preview.clock import Span, written

Json = dict[str, Any]

_VARIABLE = re.compile(
    r"\$(?P<bare>\w+)|\$\{(?P<braced>\w+)(?:\.[^:}]+)?(?::(?P<format>\w+))?\}|\[\[(?P<square>\w+)\]\]"
)
_LABEL_VALUES = re.compile(r"\s*label_values\(\s*(?:(?P<of>.*)\s*,)?\s*(?P<label>\w+)\s*\)\s*", re.DOTALL)
_REGEX = re.compile(r"([\\^$*+?.()|{}\[\]/])")
_PROMETHEUS = re.compile(r"([$^*{}\[\]'+?.()|\\])")


class UnknownVariableError(ValueError):
    """A variable that the dashboard does not have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """A variable of a dashboard; `chosen` is empty where all are, and `label` is where its values come from."""

    name: str
    title: str
    kind: str
    of: str | None
    label: str | None
    every: str | None
    several: bool
    chosen: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Say what is chosen."""
        return " + ".join(self.chosen) if self.chosen else "All"


def variables(board: Json) -> tuple[Variable, ...]:
    """Read the variables of a dashboard."""
    return tuple(_variable(item) for item in board.get("templating", {}).get("list", []))


def _variable(item: Json) -> Variable:
    query = item.get("query")
    text = query.get("query", "") if isinstance(query, dict) else str(query or "")
    values = _LABEL_VALUES.fullmatch(text)
    return Variable(
        name=item["name"],
        title=item.get("label") or item["name"],
        kind=item.get("type", ""),
        of=values["of"] if values else None,
        label=values["label"] if values else None,
        every=item.get("allValue"),
        several=bool(item.get("multi") or item.get("includeAll")),
        chosen=_current(item),
    )


def _current(item: Json) -> tuple[str, ...]:
    value = item.get("current", {}).get("value", ())
    found = [value] if isinstance(value, str) else list(value)
    return () if "$__all" in found else tuple(str(v) for v in found)


def choose(of: Sequence[Variable], chosen: Mapping[str, Sequence[str]]) -> tuple[Variable, ...]:
    """Choose values, each by the name of its variable or of the label that it filters; raises UnknownVariableError."""
    from dataclasses import replace

    known = {name for v in of for name in (v.name, v.label) if name and v.kind != "datasource"}
    for name in chosen:
        if name not in known:
            msg = f"this dashboard has no variable {name!r}, only {', '.join(sorted(known)) or 'none'}"
            raise UnknownVariableError(msg)
    out = []
    for variable in of:
        values = [v for name, found in chosen.items() if name in {variable.name, variable.label} for v in found]
        out.append(replace(variable, chosen=tuple(values)) if values else variable)
    return tuple(out)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What stands behind the dollar signs of one panel."""

    variables: Mapping[str, Variable]
    span: Span
    step: float
    own: Mapping[str, str] = field(default_factory=dict)

    def query(self, text: str) -> str:
        """Put values into PromQL; a name that nobody knows stays, as in `label_replace(…, "$1", …)`."""
        return self._put(text, "prometheus")

    def words(self, text: str) -> str:
        """Put values into a title or a text."""
        return self._put(text, "text")

    def _put(self, text: str, how: str) -> str:
        return _VARIABLE.sub(lambda match: self._value(match, how), text)

    def _value(self, match: re.Match[str], how: str) -> str:
        name = match["bare"] or match["braced"] or match["square"]
        own = self._own().get(name)
        if own is not None:
            return own
        variable = self.variables.get(name)
        return match[0] if variable is None else _formatted(variable, match["format"] or how)

    def _own(self) -> Mapping[str, str]:
        # With the scrape interval on top, a rate always has the two samples that it needs.
        rate = max(self.step + self.span.scrape, 4 * self.span.scrape)
        return {
            "__interval": written(self.step),
            "__interval_ms": f"{self.step * 1000:.0f}",
            "__rate_interval": written(rate),
            "__rate_interval_ms": f"{rate * 1000:.0f}",
            "__range": f"{self.span.length:.0f}s",
            "__range_s": f"{self.span.length:.0f}",
            "__range_ms": f"{self.span.length * 1000:.0f}",
            "__from": f"{self.span.start * 1000:.0f}",
            "__to": f"{self.span.end * 1000:.0f}",
            **self.own,
        }


def _formatted(variable: Variable, how: str) -> str:
    if how == "text":
        return variable.shown
    if not variable.chosen and variable.every is not None:
        return variable.every  # as it stands, in every format
    values = variable.chosen or variable.values
    match how:
        case "raw" | "csv":
            return ",".join(values)
        case "pipe":
            return "|".join(values)
        case "regex":
            return _alternatives([_REGEX.sub(r"\\\1", v) for v in values])
        case "glob":
            return values[0] if len(values) == 1 else f"{{{','.join(values)}}}"
        case "doublequote":
            return ",".join('"' + v.replace('"', '\\"') + '"' for v in values)
        case "singlequote":
            return ",".join("'" + v.replace("'", "\\'") + "'" for v in values)
        case "queryparam":
            return "&".join(f"var-{variable.name}={v}" for v in values)
        case _:
            if not variable.several:
                return values[0].replace("\\", "\\\\").replace('"', '\\"') if values else ""
            # Inside a quoted string of PromQL a backslash is written twice.
            return _alternatives([_PROMETHEUS.sub(r"\\\\\1", v) for v in values])


def _alternatives(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"({'|'.join(values)})"
