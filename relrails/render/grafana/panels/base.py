"""What every panel has: a key, a place in its section, queries, and how its fields are shown."""

from collections.abc import Sequence
from typing import ClassVar

import attrs
from grafanalib.core import Panel as GrafanalibPanel

from relrails.render.grafana.field import (
    NO_DATA,
    DataLink,
    Json,
    Meaning,
    MissingText,
    Number,
    Override,
    Thresholds,
    mappings_json,
)
from relrails.render.grafana.target import DATASOURCE, Target
from relrails.render.grafana.transform import Transformation
from relrails.render.grafana.unit import Unit


@attrs.frozen(kw_only=True, slots=False)
class Panel(GrafanalibPanel):  # type: ignore[misc] # grafanalib ships no types
    """A panel in today's model; grafanalib gives the frame, we give options and field config.

    `key` names the panel within its section for good: its id, and so every link to it, is made of it. `time_from` gives
    the panel a time range of its own, such as "30d"; `interval` is the least step of its queries.
    """

    type: ClassVar[str]
    shows_missing: ClassVar[bool] = False
    """Whether a missing value has a place of its own on this type, and so needs a word and a colour."""

    key: str
    title: str = ""
    description: str | None = None
    width: int = 8
    height: int = 8
    targets: Sequence[Target] = ()
    transformations: Sequence[Transformation] = ()
    links: Sequence[DataLink] = ()
    interval: str | None = None
    time_from: str | None = None
    unit: Unit | None = None
    decimals: int | None = None
    least: Number | None = None
    most: Number | None = None
    thresholds: Thresholds | None = None
    meanings: Sequence[Meaning] = ()
    value_links: Sequence[DataLink] = ()
    overrides: Sequence[Override] = ()
    no_value: str | None = NO_DATA
    color: Json | None = None
    gridPos: dict[str, int] | None = None  # noqa: N815 - grafanalib's name; set by the layout

    def options(self) -> Json:
        """Give the options of this panel type."""
        raise NotImplementedError

    def custom(self) -> Json:
        """Give the field settings that only this panel type has."""
        return {}

    def to_json_data(self) -> Json:
        """Give the panel as grafanalib's frame with our model in it; the normaliser takes the frame's leftovers out."""
        data: Json = self.panel_json(
            {
                "key": self.key,
                "type": self.type,
                "options": self.options(),
                "fieldConfig": {"defaults": self._defaults(), "overrides": list(self.overrides)},
                "targets": list(self.targets),
                "timeFrom": self.time_from,
                "transformations": list(self.transformations),
                "links": [link.to_json_data() for link in self.links],
            }
        )
        data["fieldConfig"]["defaults"]["thresholds"] = (
            self.thresholds
        )  # grafanalib's own place for them is one too deep
        data["datasource"] = DATASOURCE if self.targets else None
        data["maxDataPoints"] = data["height"] = None
        return data

    def _defaults(self) -> Json:
        meanings = (*self.meanings, MissingText()) if self.shows_missing else self.meanings
        return {
            "color": self.color,
            "custom": self.custom() or None,
            "decimals": self.decimals,
            "links": [link.to_json_data() for link in self.value_links] or None,
            "mappings": mappings_json(meanings) or None,
            "max": self.most,
            "min": self.least,
            "noValue": self.no_value if self.targets else None,
            "unit": None if self.unit is None else self.unit.value,
        }


def reduced() -> Json:
    """Show the newest value that is not null: an average of budgets would be wrong."""
    return {"calcs": ["lastNotNull"]}
