"""A file to be written, and the one way in which we print YAML and JSON."""

import json
from dataclasses import dataclass

from relrails.files.yaml import yaml_text as yaml_text


@dataclass(frozen=True, slots=True)
class File:
    """A file below the output folder; `path` is relative, with forward slashes."""

    path: str
    text: str


def json_text(value: object) -> str:
    """Print a value as JSON: sorted keys, two spaces, a final newline."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
