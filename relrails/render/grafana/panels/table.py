"""Rows and columns."""

from typing import ClassVar

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel


@attrs.frozen(kw_only=True, slots=False)
class Table(Panel):
    """A table; columns are set up with `field.column`."""

    type: ClassVar[str] = "table"
    shows_missing: ClassVar[bool] = True

    width: int = 24
    sort: str | None = None
    descending: bool = False

    def options(self) -> Json:
        """Give the options of a table."""
        sort = [] if self.sort is None else [{"desc": self.descending, "displayName": self.sort}]
        return {"cellHeight": "sm", "frameIndex": 0, "showHeader": True, "sortBy": sort}

    def custom(self) -> Json:
        """Give how cells are drawn unless their column says otherwise."""
        return {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True, "inspect": False}
