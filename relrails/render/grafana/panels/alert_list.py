"""The alerts that are pending or firing."""

from typing import ClassVar

import attrs

from relrails.render.grafana.field import Json
from relrails.render.grafana.panels.base import Panel


@attrs.frozen(kw_only=True, slots=False)
class AlertList(Panel):
    """Alerts of any rule source whose labels match, the most important first."""

    type: ClassVar[str] = "alertlist"

    labels: str
    width: int = 12

    def options(self) -> Json:
        """Give the options; no data source is named, because this panel knows no variables there."""
        return {
            "alertInstanceLabelFilter": self.labels,
            "alertName": "",
            "dashboardAlerts": False,
            "groupBy": [],
            "groupMode": "default",
            "maxItems": 20,
            "showInactiveAlerts": False,
            "showInstances": True,
            "sortOrder": 3,
            "stateFilter": {
                "error": True,
                "firing": True,
                "noData": False,
                "normal": False,
                "pending": True,
                "recovering": True,
            },
            "viewMode": "list",
        }
