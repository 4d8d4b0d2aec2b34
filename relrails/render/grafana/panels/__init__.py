"""Panels in the models that Grafana reads today, one file for each type."""

from relrails.render.grafana.panels.alert_list import AlertList
from relrails.render.grafana.panels.bargauge import BarGauge
from relrails.render.grafana.panels.base import Panel
from relrails.render.grafana.panels.gauge import Gauge
from relrails.render.grafana.panels.heatmap import Heatmap
from relrails.render.grafana.panels.row import Row
from relrails.render.grafana.panels.stat import Stat
from relrails.render.grafana.panels.state_timeline import StateTimeline
from relrails.render.grafana.panels.status_history import StatusHistory
from relrails.render.grafana.panels.table import Table
from relrails.render.grafana.panels.text import Text
from relrails.render.grafana.panels.timeseries import TimeSeries

__all__ = [
    "AlertList",
    "BarGauge",
    "Gauge",
    "Heatmap",
    "Panel",
    "Row",
    "Stat",
    "StateTimeline",
    "StatusHistory",
    "Table",
    "Text",
    "TimeSeries",
]
