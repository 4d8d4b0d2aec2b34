"""Which files a `rule_files:` pattern stands for, since promtool keeps quiet about patterns that match none."""

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

# Every scalar stays the text that it is: a name of `no` is not False, and `0x10` is ten zeros, not sixteen.
_Loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_yaml(text: str) -> object:
    """The document with all its scalars as text; raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - the base loader makes nothing but text, lists and dicts


def resolved(file: Path, pattern: str) -> Path:
    """A pattern as promtool takes it: relative to the file that it is written in."""
    return file.absolute().parent / pattern


def matches(file: Path, pattern: str) -> list[Path]:
    """The files that a pattern of this file matches, as Go reads it: no `**`, `[^a]` negates, `*` takes dot files."""
    path = str(resolved(file, pattern)).replace("[^", "[!")
    return sorted(Path(match) for match in glob.glob(path, include_hidden=True))  # noqa: PTH207 - takes absolute ones


def unmatched(file: Path, patterns: Iterable[str]) -> Iterator[str]:
    """Those of a file's patterns that match nothing."""
    for pattern in patterns:
        if not matches(file, pattern):
            yield pattern


def has_rules(file: Path) -> bool:
    """Whether a rule file holds a rule; a file that cannot be read is left to promtool."""
    try:
        content = read_yaml(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return True
    groups = content.get("groups") if isinstance(content, dict) else None
    return isinstance(groups, list) and any(isinstance(group, dict) and group.get("rules") for group in groups)


def texts(value: object) -> tuple[str, ...]:
    """The strings of a list of strings, and nothing of anything else."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
