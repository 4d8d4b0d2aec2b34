"""The heading of a section."""

from typing import ClassVar

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel


@attrs.frozen(kw_only=True, slots=False)
class Row(Panel):
    """A heading that folds the panels after it, up to the next one."""

    type: ClassVar[str] = "row"

    def to_json_data(self) -> Json:
        """Give an open row: its panels follow it and are not inside it."""
        return {
            "collapsed": False,
            "gridPos": self.gridPos,
            "key": self.key,
            "panels": [],
            "title": self.title,
            "type": self.type,
        }
