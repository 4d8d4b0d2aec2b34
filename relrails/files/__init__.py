"""A file to be written, and the one way in which we print YAML and JSON."""

from dataclasses import dataclass

import orjson

from relrails.files.yaml import yaml_text as yaml_text

_INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True, slots=True)
class File:
    """A file below the output folder; `path` is relative, with forward slashes."""

    path: str
    text: str


def json_text(value: object) -> str:
    """Print a value as JSON: sorted keys, two spaces, a final newline."""
    return orjson.dumps(value, option=_INDENTED).decode()
