"""Grafana's panels as far as our dashboards need them: the JSON that Grafana reads, made from titles and queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Dashboard", "Panel", "Query", "Row", "bars", "lines", "number", "series"]

_COLUMNS = 24
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_SCHEMA = 39
"""Of Grafana 10.2; later ones read it."""


def series(name: str, *matchers: str) -> str:
    """Return the selector of a metric within the installations that the reader has chosen."""
    chosen = ",".join(['namespace=~"$namespace"', *matchers])
    return f"{name}{{{chosen}}}"


@dataclass(frozen=True)
class Query:
    """What is drawn, and what the lines are called: a label in double braces."""

    expr: str
    legend: str = ""


@dataclass(frozen=True)
class Panel:
    """One panel. Its width is in columns of 24, its height in rows of 30 pixels."""

    title: str
    description: str
    queries: Sequence[Query]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    height: int = 8
    limits: Sequence[tuple[float, str]] = field(default=())
    """From which value on it is shown in which colour."""
    is_stacked: bool = False

    def as_json(self, number: int, x: int, y: int) -> dict[str, Any]:
        """Return the panel at a place."""
        steps = [{"color": "green", "value": None}, *({"color": color, "value": value} for value, color in self.limits)]
        custom: dict[str, Any] = {}
        options: dict[str, Any] = {}
        if self.kind == "timeseries":
            custom = {
                "drawStyle": "line",
                "fillOpacity": 20 if self.is_stacked else 5,
                "lineWidth": 1,
                "showPoints": "never",
                "stacking": {"mode": "normal" if self.is_stacked else "none", "group": "A"},
                "thresholdsStyle": {"mode": "line" if self.limits else "off"},
            }
            options = {
                "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
                "tooltip": {"mode": "multi", "sort": "desc"},
            }
        elif self.kind == "stat":
            options = {
                "colorMode": "background" if self.limits else "value",
                "graphMode": "area",
                "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
                "textMode": "auto",
            }
        elif self.kind == "bargauge":
            options = {
                "displayMode": "gradient",
                "orientation": "horizontal",
                "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            }
        return {
            "id": number,
            "type": self.kind,
            "title": self.title,
            "description": self.description,
            "datasource": _SOURCE,
            "gridPos": {"h": self.height, "w": self.width, "x": x, "y": y},
            "fieldConfig": {
                "defaults": {
                    "unit": self.unit,
                    "min": 0,
                    "custom": custom,
                    "thresholds": {"mode": "absolute", "steps": steps},
                },
                "overrides": [],
            },
            "options": options,
            "targets": [
                {
                    "refId": chr(ord("A") + place),
                    "datasource": _SOURCE,
                    "editorMode": "code",
                    "expr": query.expr,
                    "legendFormat": query.legend or "__auto",
                    "range": True,
                }
                for place, query in enumerate(self.queries)
            ],
        }


@dataclass(frozen=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Dashboard:
    """A page of panels."""

    uid: str
    title: str
    description: str
    rows: Sequence[Row]

    def as_json(self) -> dict[str, Any]:
        """Return the page as Grafana reads it."""
        panels: list[dict[str, Any]] = []
        y = 0
        for row in self.rows:
            panels.append(
                {
                    "id": len(panels) + 1,
                    "type": "row",
                    "title": row.title,
                    "collapsed": False,
                    "gridPos": {"h": 1, "w": _COLUMNS, "x": 0, "y": y},
                    "panels": [],
                }
            )
            y += 1
            x = tallest = 0
            for panel in row.panels:
                if x + panel.width > _COLUMNS:
                    x, y, tallest = 0, y + tallest, 0
                panels.append(panel.as_json(len(panels) + 1, x, y))
                x += panel.width
                tallest = max(tallest, panel.height)
            y += tallest
        return {
            "uid": self.uid,
            "title": self.title,
            "description": self.description,
            "tags": ["fairway"],
            "schemaVersion": _SCHEMA,
            "version": 1,
            "editable": False,
            "graphTooltip": 1,
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "timezone": "utc",
            "annotations": {"list": [_FIRING]},
            "links": [
                {"type": "dashboards", "title": "Fairway", "tags": ["fairway"], "asDropdown": True, "keepTime": True}
            ],
            "templating": {"list": [_DATASOURCE, _NAMESPACE]},
            "panels": panels,
        }


_FIRING = {
    "name": "Alerts",
    "datasource": _SOURCE,
    "enable": True,
    "iconColor": "red",
    "expr": 'ALERTS{alertname=~"Fairway.*",alertstate="firing"}',
    "titleFormat": "{{alertname}}",
    "textFormat": "{{severity}}",
}
_DATASOURCE = {
    "name": "datasource",
    "label": "Prometheus",
    "type": "datasource",
    "query": "prometheus",
    "current": {},
    "hide": 0,
}
_NAMESPACE = {
    "name": "namespace",
    "label": "Installation",
    "type": "query",
    "datasource": _SOURCE,
    "query": {"query": "label_values(fairway_build_info, namespace)", "refId": "namespaces"},
    "refresh": 2,
    "includeAll": True,
    "allValue": ".*",
    "multi": True,
    "current": {"text": "All", "value": "$__all"},
    "sort": 1,
}


def lines(title: str, description: str, *queries: tuple[str, str], **options: Any) -> Panel:
    """Return a panel of lines over time; each query with its legend."""
    return Panel(title, description, [Query(*query) for query in queries], **options)


def number(title: str, description: str, expr: str, **options: Any) -> Panel:
    """Return a panel with one number."""
    return Panel(title, description, [Query(expr)], **({"kind": "stat", "width": 4, "height": 4} | options))


def bars(title: str, description: str, expr: str, legend: str, **options: Any) -> Panel:
    """Return a panel with a bar for each series as it is now."""
    return Panel(title, description, [Query(expr, legend)], **({"kind": "bargauge"} | options))
