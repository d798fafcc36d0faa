"""How the messages about one event have changed: probability (logarithmic) above, miss distance below, over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from markupsafe import Markup

from dashboard import formats
from dashboard.drawing.scales import LinearScale, LogScale, TimeScale
from dashboard.drawing.svg import add, add_text, picture, to_markup

__all__ = ["HistoryPoint", "draw_history"]

WIDTH, HEIGHT = 900.0, 366.0
LEFT, RIGHT = 74.0, WIDTH - 18.0
PROBABILITY_TOP, PROBABILITY_BOTTOM = 32.0, 172.0
MISS_TOP, MISS_BOTTOM = 212.0, 326.0
LONGEST_NAME = 27
SHAPES = ("circle", "square", "triangle", "diamond")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint:
    """One message. Where there is no probability, its upper bound may stand; the picture keeps the two apart."""

    time: datetime
    originator: str
    miss_distance_m: float
    collision_probability: float | None
    maximum_probability: float | None


def draw_history(points: Sequence[HistoryPoint], tca: datetime) -> Markup | None:
    """Draw the evolution of one event up to its TCA; None where there is nothing to draw."""
    if not points:
        return None
    ordered = sorted(points, key=lambda point: point.time)
    root = picture("history-chart", WIDTH, HEIGHT, "Evolution of probability and miss distance", _describe(ordered))
    first, last = ordered[0].time, max(tca, ordered[-1].time)
    room = max((last - first) * 0.03, timedelta(minutes=10))
    time = TimeScale(first - room, last + room, LEFT, RIGHT)
    originators = dict.fromkeys(point.originator for point in ordered)
    shapes = {name: SHAPES[index % len(SHAPES)] for index, name in enumerate(originators)}
    _panel(root, time, tca)
    _probabilities(root, time, ordered, shapes)
    _miss_distances(root, time, ordered, shapes)
    _legend(root, shapes, bound=any(_is_bound(point) for point in ordered))
    return to_markup(root)


def _is_bound(point: HistoryPoint) -> bool:
    return point.collision_probability is None and bool(point.maximum_probability)


def _probability_or_bound(point: HistoryPoint) -> float | None:
    return point.maximum_probability if point.collision_probability is None else point.collision_probability


def _describe(points: Sequence[HistoryPoint]) -> str:
    newest = points[-1]
    count = "One message" if len(points) == 1 else f"{len(points)} messages"
    known = (
        f"probability {formats.probability(newest.collision_probability)}"
        if newest.collision_probability is not None
        else f"no probability, upper bound {formats.probability(newest.maximum_probability)}"
        if _is_bound(newest)
        else "no probability"
    )
    return f"{count}. The newest says: {known}, miss distance {formats.distance(newest.miss_distance_m)}."


def _panel(root: Element, time: TimeScale, tca: datetime) -> None:
    for top, bottom, title in (
        (PROBABILITY_TOP, PROBABILITY_BOTTOM, "Probability of collision"),
        (MISS_TOP, MISS_BOTTOM, "Miss distance"),
    ):
        add(root, "rect", class_="ground", x=LEFT, y=top, width=RIGHT - LEFT, height=bottom - top)
        add_text(root, LEFT, top - 10, title, class_="panel-title")
    for tick in time.ticks():
        x = time(tick)
        for top, bottom in ((PROBABILITY_TOP, PROBABILITY_BOTTOM), (MISS_TOP, MISS_BOTTOM)):
            add(root, "line", class_="grid", x1=x, x2=x, y1=top, y2=bottom)
        add_text(root, x, MISS_BOTTOM + 17, tick.strftime("%d %b"), class_="tick", text_anchor="middle")
        add_text(root, x, MISS_BOTTOM + 31, tick.strftime("%H:%M"), class_="tick", text_anchor="middle")
    x = time(tca)
    for top, bottom in ((PROBABILITY_TOP, PROBABILITY_BOTTOM), (MISS_TOP, MISS_BOTTOM)):
        add(root, "line", class_="tca", x1=x, x2=x, y1=top, y2=bottom)
    add_text(root, x - 6, PROBABILITY_TOP + 13, "TCA", class_="tca-label", text_anchor="end")


def _probabilities(root: Element, time: TimeScale, points: Sequence[HistoryPoint], shapes: dict[str, str]) -> None:
    shown = [(point, value) for point in points if (value := _probability_or_bound(point))]
    if not shown:
        middle = (PROBABILITY_TOP + PROBABILITY_BOTTOM) / 2
        text = "No message carries a probability or a bound"
        add_text(root, (LEFT + RIGHT) / 2, middle, text, class_="nothing", text_anchor="middle")
        return
    scale = LogScale.around([value for _, value in shown], PROBABILITY_BOTTOM, PROBABILITY_TOP)
    for tick in scale.ticks():
        y = scale(tick)
        add(root, "line", class_="grid", x1=LEFT, x2=RIGHT, y1=y, y2=y)
        add_text(root, LEFT - 8, y + 4, f"{tick:.0e}", class_="tick", text_anchor="end")
    for originator, shape in shapes.items():
        places = [
            (time(point.time), scale(value), _is_bound(point))
            for point, value in shown
            if point.originator == originator
        ]
        _trace(root, shape, [(x, y) for x, y, is_bound in places if not is_bound])
        for x, y, is_bound in places:
            _mark(root, shape, x, y, "mark bound" if is_bound else "mark")


def _miss_distances(root: Element, time: TimeScale, points: Sequence[HistoryPoint], shapes: dict[str, str]) -> None:
    highest = max(point.miss_distance_m for point in points) or 1.0
    scale = LinearScale(0.0, highest * 1.15, MISS_BOTTOM, MISS_TOP)
    for tick in scale.ticks(4):
        y = scale(tick)
        add(root, "line", class_="grid", x1=LEFT, x2=RIGHT, y1=y, y2=y)
        text = f"{tick / 1000:g} km" if highest >= 2000 else f"{tick:g} m"
        add_text(root, LEFT - 8, y + 4, text, class_="tick", text_anchor="end")
    for originator, shape in shapes.items():
        places = [(time(p.time), scale(p.miss_distance_m)) for p in points if p.originator == originator]
        _trace(root, shape, places)
        for x, y in places:
            _mark(root, shape, x, y, "mark")


def _trace(root: Element, shape: str, places: Sequence[tuple[float, float]]) -> None:
    if len(places) > 1:
        add(root, "polyline", class_=f"trace {shape}", points=" ".join(f"{x:.2f},{y:.2f}" for x, y in places))


def _mark(root: Element, shape: str, x: float, y: float, css_class: str) -> None:
    css_class = f"{css_class} {shape}"
    if shape == "circle":
        add(root, "circle", class_=css_class, cx=x, cy=y, r=4.5)
    elif shape == "square":
        add(root, "rect", class_=css_class, x=x - 4, y=y - 4, width=8, height=8)
    elif shape == "triangle":
        add(root, "path", class_=css_class, d=f"M{x:.2f} {y - 5.5:.2f} l5.2 9.3 h-10.4 z")
    else:
        add(root, "path", class_=css_class, d=f"M{x:.2f} {y - 5.6:.2f} l5.6 5.6 -5.6 5.6 -5.6 -5.6 z")


def _legend(root: Element, shapes: dict[str, str], *, bound: bool) -> None:
    x = LEFT + 230.0
    entries = [(name, shape, "mark") for name, shape in shapes.items()]
    if bound:
        entries.append(("upper bound, no probability", "circle", "mark bound"))
    for name, shape, css_class in entries:
        text = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        _mark(root, shape, x, PROBABILITY_TOP - 14.0, css_class)
        add_text(root, x + 10.0, PROBABILITY_TOP - 10.0, text, class_="legend")
        x += 34.0 + 7.4 * len(text)
