"""A dashboard: its sections, variables, links and annotations, given as the JSON that Grafana provisions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grafanalib.core import Annotations, Templating, Time
from grafanalib.core import Dashboard as GrafanalibDashboard

from relrails.promql import Expr, Selector, pretty, text
from relrails.render.grafana.layout import Section, lay_out
from relrails.render.grafana.normalise import SCHEMA_VERSION, normalise
from relrails.render.grafana.target import DATASOURCE

Json = dict[str, Any]

_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")  # a longer one leaves the dashboard out, without a word on the screen


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link at the top of a dashboard; `keep` hands on the time range and the variables."""

    title: str
    url: str
    tooltip: str = ""
    keep: bool = False

    def to_json_data(self) -> Json:
        """Give Grafana's form."""
        return {
            "asDropdown": False,
            "icon": "dashboard" if self.keep else "external link",
            "includeVars": self.keep,
            "keepTime": self.keep,
            "tags": [],
            "targetBlank": not self.keep,
            "title": self.title,
            "tooltip": self.tooltip,
            "type": "link",
            "url": self.url,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotation:
    """Marks on every chart where a query has data, such as a firing alert."""

    name: str
    expr: Expr
    color: str
    title: str
    labels: Sequence[str] = ()

    def to_json_data(self) -> Json:
        """Give Grafana's form; the query stands at the top, where every version from 8 on looks for it."""
        return {
            "datasource": DATASOURCE,
            "enable": True,
            "expr": pretty(self.expr),
            "hide": False,
            "iconColor": self.color,
            "name": self.name,
            "step": "60s",
            "tagKeys": ",".join(self.labels),
            "titleFormat": self.title,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A variable of which the reader chooses one, several or all values: those of a label of some series."""

    name: str
    title: str
    label: str
    of: Selector
    every: str
    """The regular expression for all of them: `.*` also takes series without the label."""

    def to_json_data(self) -> Json:
        """Give Grafana's form."""
        return {
            "allValue": self.every,
            "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
            "datasource": DATASOURCE,
            "hide": 0,
            "includeAll": True,
            "label": self.title,
            "multi": True,
            "name": self.name,
            "query": {
                "qryType": 1,
                "query": f"label_values({text(self.of)}, {self.label})",
                "refId": "PrometheusVariableQueryEditor-VariableQuery",
            },
            "refresh": 2,
            "regex": "",
            "sort": 1,
            "type": "query",
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Dashboard:
    """A dashboard as a value; `environments` is the series whose `env` label lists what can be chosen.

    `choices` are what else the reader can choose.
    """

    uid: str
    title: str
    description: str
    sections: Sequence[Section]
    environments: Selector
    choices: Sequence[Choice] = ()
    tags: Sequence[str] = ()
    links: Sequence[Link] = ()
    annotations: Sequence[Annotation] = ()
    since: str = "now-24h"
    refresh: str = "1m"  # as often as the rules are evaluated; more often shows nothing new

    def to_json_data(self) -> Json:
        """Give the dashboard in its one form; raises ValueError where Grafana would not take its uid."""
        if not _UID.fullmatch(self.uid):
            msg = f"{self.uid!r} is no dashboard uid: 1 to 40 of A-Z a-z 0-9 _ -"
            raise ValueError(msg)
        choices = (environment(self.environments), *self.choices)
        dashboard = GrafanalibDashboard(
            title=self.title,
            uid=self.uid,
            description=self.description,
            editable=False,  # the file always wins, so an edit in the browser would be lost
            graphTooltip=1,
            schemaVersion=SCHEMA_VERSION,
            tags=sorted({"relrails", "slo", *self.tags}),
            panels=lay_out(self.sections),
            links=[link.to_json_data() for link in self.links],
            annotations=Annotations(list=[annotation.to_json_data() for annotation in self.annotations]),
            templating=Templating(list=[datasource_variable(), *(choice.to_json_data() for choice in choices)]),
            time=Time(self.since, "now"),
            timezone="browser",
            refresh=self.refresh,
        )
        return normalise(dashboard)


def datasource_variable() -> Json:
    """Let the reader choose the Prometheus; nothing is preset, so that any Grafana's own default is taken."""
    return {
        "hide": 0,
        "includeAll": False,
        "label": "Data source",
        "multi": False,
        "name": "datasource",
        "query": "prometheus",
        "refresh": 1,
        "regex": "",
        "type": "datasource",
    }


def environment(of: Selector) -> Choice:
    """Let the reader choose environments; all of them also means "has no such label"."""
    return Choice(name="environment", title="Environment", label="env", of=of, every=".*")
