"""Draws the dashboards as images from a running Prometheus: to look at them with data in them where no Grafana is.

``scripts/draw_dashboards.py --prometheus http://127.0.0.1:9090 --minutes 60 --out FOLDER``. Every query of every
panel is asked; one that Prometheus refuses ends the run, and panels without data are listed.
"""

import argparse
import json
import re
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.dates as mdates
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[1]
DASHBOARDS = ROOT / "deploy" / "observability" / "dashboards"
_UNITS = {
    "s": "s",
    "bytes": "B",
    "percentunit": "share",
    "reqps": "requests/s",
    "cps": "1/s",
    "ops": "1/s",
    "short": "",
}
_POINTS = 240


def asked(expr: str, rate_interval: str, namespace: str = ".*") -> str:
    """Return a query with Grafana's variables put in."""
    return expr.replace("$__rate_interval", rate_interval).replace("$namespace", namespace)


def series(prometheus: str, expr: str, minutes: float) -> list[tuple[dict[str, str], list[float], list[float]]]:
    """Return labels, times and values of each series of the last minutes."""
    end = time.time()
    step = max(5.0, minutes * 60 / _POINTS)
    parameters = {"query": expr, "start": end - minutes * 60, "end": end, "step": step}
    with urllib.request.urlopen(f"{prometheus}/api/v1/query_range?{urllib.parse.urlencode(parameters)}") as answer:
        found = json.load(answer)
    return [
        (each["metric"], [float(at) for at, _ in each["values"]], [float(value) for _, value in each["values"]])
        for each in found["data"]["result"]
    ]


def legend(form: str, labels: dict[str, str]) -> str:
    """Return the name of a line as Grafana writes it."""
    if form == "__auto":
        return ", ".join(f"{name}={value}" for name, value in labels.items() if name != "__name__")
    return re.sub(r"{{(\w+)}}", lambda match: labels.get(match[1], ""), form)


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the panels that draw something."""
    yield from (panel for panel in dashboard["panels"] if panel["type"] != "row")


def draw(dashboard: dict[str, Any], prometheus: str, minutes: float, file: Path) -> list[str]:
    """Draw one page, and return the titles of the panels without data."""
    empty = []
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
    figure = plt.figure(figsize=(19, 0.42 * bottom))
    figure.suptitle(dashboard["title"], x=0.01, y=0.995, ha="left", fontsize=14)
    for panel in panels(dashboard):
        place = panel["gridPos"]
        axes = figure.add_axes(
            (
                place["x"] / 24 + 0.03,
                1 - (place["y"] + place["h"] - 0.9) / (bottom + 1),
                place["w"] / 24 - 0.045,
                (place["h"] - 2.4) / (bottom + 1),
            )
        )
        axes.set_title(panel["title"], fontsize=9, loc="left")
        if not _fill(axes, panel, prometheus, minutes):
            empty.append(panel["title"])
    figure.savefig(file, dpi=70)
    plt.close(figure)
    return empty


def _fill(axes: Any, panel: dict[str, Any], prometheus: str, minutes: float) -> bool:
    has_data = False
    last = []
    for target in panel["targets"]:
        for labels, times, values in series(prometheus, asked(target["expr"], "1m"), minutes):
            shown = [value for value in values if value == value]  # noqa: PLR0124 - what is no number is left out
            has_data = has_data or bool(shown)
            last.append((legend(target["legendFormat"], labels), values[-1]))
            if panel["type"] == "timeseries":
                axes.plot(
                    mdates.epoch2num(times) if hasattr(mdates, "epoch2num") else [at / 86400 for at in times],
                    values,
                    linewidth=1,
                    label=last[-1][0],
                )
    if panel["type"] == "timeseries":
        axes.xaxis.set_major_formatter(mdates.DateFormatter("%H:%M"))
        axes.tick_params(labelsize=6)
        axes.set_ylabel(_UNITS.get(panel["fieldConfig"]["defaults"]["unit"], ""), fontsize=6)
        axes.set_ylim(bottom=0)
        for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]:
            if step["value"] <= axes.get_ylim()[1]:
                axes.axhline(step["value"], color=step["color"], linewidth=0.8, linestyle="--")
        if has_data:
            axes.legend(fontsize=5, loc="upper left", ncols=2, frameon=False)
    else:
        axes.axis("off")
        text = "\n".join(f"{name}  {value:,.4g}".strip() for name, value in last[:8])
        axes.text(0.02, 0.5, text or "no data", fontsize=9 if panel["type"] == "bargauge" else 14, va="center")
    if not has_data:
        axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center", color="grey")
    return has_data


def main() -> int:
    """Draw every page."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--prometheus", default="http://127.0.0.1:9090")
    reader.add_argument("--minutes", type=float, default=60)
    reader.add_argument("--out", type=Path, default=ROOT / "build" / "dashboards")
    given = reader.parse_args()
    mpl.use("Agg")
    given.out.mkdir(parents=True, exist_ok=True)
    for file in sorted(DASHBOARDS.glob("*.json")):
        dashboard = json.loads(file.read_text(encoding="utf-8"))
        image = given.out / f"{file.stem}.png"
        empty = draw(dashboard, given.prometheus, given.minutes, image)
        print(f"{image}: {sum(1 for _ in panels(dashboard))} panels, without data: {', '.join(empty) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
