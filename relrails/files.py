"""A file to be written, and the one way in which we print YAML and JSON."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class File:
    """A file below the output folder; `path` is relative, with forward slashes."""

    path: str
    text: str


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc] # libyaml where PyYAML was built with it: 7 times faster
    """Safe YAML without aliases, with multi-line text as a block."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _text(dumper: Any, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


def _decimal(dumper: Any, value: Decimal) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Decimal, _decimal)


def yaml_text(value: object, header: str) -> str:
    """Print a value as YAML below a comment: fields in the order given, two spaces, a final newline."""
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    body = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000, default_flow_style=False
    )
    return f"{comment}{body}"


def json_text(value: object) -> str:
    """Print a value as JSON: sorted keys, two spaces, a final newline."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
