"""Transformations between a panel's queries and what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Transformation:
    """One step; they run in the order given."""

    id: str
    options: Json = field(default_factory=dict)

    def to_json_data(self) -> Json:
        """Give Grafana's form."""
        return {"id": self.id, "options": self.options}


def merge() -> Transformation:
    """Join the tables of several queries on the labels that they share."""
    return Transformation("merge")


def organize(columns: Mapping[str, str], hide: Sequence[str] = ()) -> Transformation:
    """Keep these columns, in this order and under these names; hide the others that are listed."""
    return Transformation(
        "organize",
        {
            "excludeByName": dict.fromkeys(hide, True),
            "indexByName": {name: index for index, name in enumerate(columns)},
            "renameByName": {name: shown for name, shown in columns.items() if shown != name},
        },
    )


def sort_by(name: str, *, descending: bool = False) -> Transformation:
    """Sort the rows by one column."""
    return Transformation("sortBy", {"fields": {}, "sort": [{"field": name, "desc": descending}]})


def keep_columns(pattern: str) -> Transformation:
    """Keep only the columns whose name matches a regular expression."""
    return Transformation("filterFieldsByName", {"include": {"pattern": pattern}})
