"""Words."""

from typing import ClassVar

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel


@attrs.frozen(kw_only=True, slots=False)
class Text(Panel):
    """Markdown."""

    type: ClassVar[str] = "text"

    content: str
    width: int = 24

    def options(self) -> Json:
        """Give the options of a text panel."""
        return {"content": self.content, "mode": "markdown"}
