"""The encounter plane: hard-body disk, miss vector, and the ellipses of the combined position uncertainty.

The plane is normal to the relative velocity at closest approach. Its x axis lies along the miss vector, object 1 is at
the origin, and the ellipses are centred where object 2 is expected.
"""

import math
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markupsafe import Markup

from dashboard import formats
from dashboard.drawing.scales import nice_step
from dashboard.drawing.svg import add, add_text, picture, to_markup

__all__ = ["EncounterPicture", "draw_close_up", "draw_encounter", "needs_close_up"]

WIDTH, HEIGHT = 470.0, 340.0
MARGIN = 26.0
LONGEST_NAME = 34
SMALLEST_DISK = 3.5
"""Pixels: a disk that would be smaller gets a ring around its place."""
CLOSE_UP_BELOW = 0.15
"""The close-up is drawn where the miss vector takes less than this part of the picture's width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterPicture:
    """What is drawn. Without sigmas there are no ellipses.

    Attributes
    ----------
    miss_distance_m
        Separation at closest approach.
    sigma_major_m, sigma_minor_m
        Semi-axes of the one-sigma ellipse of the combined covariance in the plane.
    orientation_rad
        Angle from the miss vector to the major axis, counter-clockwise.
    hard_body_radius_m
        Sum of both objects' radii; None where unknown.
    """

    name_1: str
    name_2: str
    miss_distance_m: float
    sigma_major_m: float | None = None
    sigma_minor_m: float | None = None
    orientation_rad: float = 0.0
    hard_body_radius_m: float | None = None

    @property
    def has_ellipse(self) -> bool:
        """Whether both semi-axes are known."""
        return self.sigma_major_m is not None and self.sigma_minor_m is not None

    def half_sizes_m(self, sigmas: float) -> tuple[float, float]:
        """Half width and half height of the box around the ellipse of `sigmas`, along x and y of the plane."""
        major, minor = self.sigma_major_m or 0.0, self.sigma_minor_m or 0.0
        cosine, sine = math.cos(self.orientation_rad), math.sin(self.orientation_rad)
        return sigmas * math.hypot(major * cosine, minor * sine), sigmas * math.hypot(major * sine, minor * cosine)


@dataclass(frozen=True, slots=True)
class _View:
    """An equal scale on both axes: the plane's metres to the picture's pixels, y upwards."""

    center_x_m: float
    center_y_m: float
    pixels_per_m: float

    @classmethod
    def around(cls, x_low: float, x_high: float, y_low: float, y_high: float) -> "_View":
        width, height = max(x_high - x_low, 1e-3), max(y_high - y_low, 1e-3)
        scale = min((WIDTH - 2 * MARGIN) / width, (HEIGHT - 2 * MARGIN) / height)
        return cls((x_low + x_high) / 2, (y_low + y_high) / 2, scale)

    def x(self, metres: float) -> float:
        return WIDTH / 2 + (metres - self.center_x_m) * self.pixels_per_m

    def y(self, metres: float) -> float:
        return HEIGHT / 2 - (metres - self.center_y_m) * self.pixels_per_m


def _whole_view(encounter: EncounterPicture) -> _View:
    radius = encounter.hard_body_radius_m or 0.0
    half_x, half_y = encounter.half_sizes_m(3.0)
    miss = encounter.miss_distance_m
    room = 0.06 * (miss + half_x)
    return _View.around(
        min(-radius, miss - half_x) - room, max(miss + half_x, radius) + room, -max(radius, half_y), max(radius, half_y)
    )


def _close_view(encounter: EncounterPicture) -> _View:
    radius = encounter.hard_body_radius_m or 0.0
    miss = encounter.miss_distance_m
    room = 0.35 * max(miss, radius)
    reach = max(radius, 0.35 * miss)
    return _View.around(-radius - room, miss + room, -reach - room, reach + room)


def needs_close_up(encounter: EncounterPicture) -> bool:
    """Whether the miss vector would be too short to read beside the ellipses."""
    if not encounter.has_ellipse:
        return False
    return encounter.miss_distance_m * _whole_view(encounter).pixels_per_m < CLOSE_UP_BELOW * WIDTH


def draw_encounter(encounter: EncounterPicture) -> Markup:
    """Draw everything, out to three sigma."""
    return _draw("encounter-plane", "Encounter plane", encounter, _whole_view(encounter))


def draw_close_up(encounter: EncounterPicture) -> Markup:
    """Draw the neighbourhood of the miss vector and the hard-body disk."""
    return _draw(
        "encounter-close-up", "Encounter plane, close-up of the miss vector", encounter, _close_view(encounter)
    )


def _draw(name: str, title: str, encounter: EncounterPicture, view: _View) -> Markup:
    root = picture(name, WIDTH, HEIGHT, title, _describe(encounter))
    clip = add(add(root, "defs"), "clipPath", id=f"{name}-frame")
    add(clip, "rect", x=0, y=0, width=WIDTH, height=HEIGHT, rx=6)
    scene = add(root, "g", clip_path=f"url(#{name}-frame)")
    add(scene, "rect", class_="ground", x=0, y=0, width=WIDTH, height=HEIGHT)
    _grid(scene, view)
    if encounter.has_ellipse:
        _ellipses(scene, encounter, view)
    _disk(scene, encounter, view)
    _miss_vector(scene, encounter, view)
    _scale_bar(scene, view)
    add(root, "rect", class_="frame", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, rx=6)
    return to_markup(root)


def _describe(encounter: EncounterPicture) -> str:
    parts = [
        f"{encounter.name_2} passes {encounter.name_1} at {formats.distance(encounter.miss_distance_m)}.",
    ]
    if encounter.hard_body_radius_m is not None:
        parts.append(f"The combined hard-body radius is {formats.distance(encounter.hard_body_radius_m)}.")
    if encounter.has_ellipse:
        parts.append(
            f"One sigma of the combined uncertainty is {formats.distance(encounter.sigma_major_m)} "
            f"by {formats.distance(encounter.sigma_minor_m)}."
        )
    else:
        parts.append("No covariance is known, so no uncertainty is drawn.")
    return " ".join(parts)


def _grid(scene: Element, view: _View) -> None:
    step = nice_step(WIDTH / view.pixels_per_m, 9)
    columns = range(math.ceil(_left(view) / step), math.floor(_right(view) / step) + 1)
    for column in columns:
        x = view.x(column * step)
        add(scene, "line", class_="axis" if column == 0 else "grid", x1=x, x2=x, y1=0, y2=HEIGHT)
    half_height_m = HEIGHT / 2 / view.pixels_per_m
    low, high = view.center_y_m - half_height_m, view.center_y_m + half_height_m
    for row in range(math.ceil(low / step), math.floor(high / step) + 1):
        y = view.y(row * step)
        add(scene, "line", class_="axis" if row == 0 else "grid", x1=0, x2=WIDTH, y1=y, y2=y)


def _left(view: _View) -> float:
    return view.center_x_m - WIDTH / 2 / view.pixels_per_m


def _right(view: _View) -> float:
    return view.center_x_m + WIDTH / 2 / view.pixels_per_m


def _ellipses(scene: Element, encounter: EncounterPicture, view: _View) -> None:
    major, minor = encounter.sigma_major_m or 0.0, encounter.sigma_minor_m or 0.0
    x, y = view.x(encounter.miss_distance_m), view.y(0.0)
    turn = f"rotate({-math.degrees(encounter.orientation_rad):.4f} {x:.3f} {y:.3f})"
    for sigmas in (3, 2, 1):
        add(
            scene,
            "ellipse",
            class_=f"sigma sigma-{sigmas}",
            cx=x,
            cy=y,
            rx=max(sigmas * major * view.pixels_per_m, 0.75),
            ry=max(sigmas * minor * view.pixels_per_m, 0.75),
            transform=turn,
        )
    cosine, sine = math.cos(encounter.orientation_rad), math.sin(encounter.orientation_rad)
    for sigmas in (1, 2, 3):
        reach = sigmas * major * view.pixels_per_m
        label_x, label_y = x + (reach - 13) * cosine, y - (reach - 13) * sine
        if reach > 34 * sigmas and 14 < label_x < WIDTH - 14 and 14 < label_y < HEIGHT - 14:
            add_text(scene, label_x, label_y - 3, f"{sigmas}σ", class_="sigma-label", text_anchor="middle")


def _disk(scene: Element, encounter: EncounterPicture, view: _View) -> None:
    x, y = view.x(0.0), view.y(0.0)
    radius = (encounter.hard_body_radius_m or 0.0) * view.pixels_per_m
    if encounter.hard_body_radius_m is not None:
        add(scene, "circle", class_="hard-body", cx=x, cy=y, r=max(radius, 0.5))
    if radius < SMALLEST_DISK:
        add(scene, "circle", class_="place", cx=x, cy=y, r=7)
    below = max(radius, 7.0) + 16.0
    _object_label(scene, x, y + below, encounter.name_1)


def _miss_vector(scene: Element, encounter: EncounterPicture, view: _View) -> None:
    x1, x2, y = view.x(0.0), view.x(encounter.miss_distance_m), view.y(0.0)
    length = x2 - x1
    if length > 1.0:
        add(scene, "line", class_="miss", x1=x1, y1=y, x2=x2, y2=y)
    add(scene, "circle", class_="secondary", cx=x2, cy=y, r=3.5)
    if length > 90.0:
        text = formats.distance(encounter.miss_distance_m)
        add_text(scene, (x1 + x2) / 2, y - 7, text, class_="miss-label", text_anchor="middle")
    _object_label(scene, x2, y - 24, encounter.name_2)


def _object_label(scene: Element, x: float, y: float, name: str) -> None:
    """Write a name at a point, shortened and moved so that it stays inside; object 1 below the line, object 2 above."""
    text = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    room = 4.2 * len(text) + 8.0
    inside = min(max(x, room), WIDTH - room)
    add_text(scene, inside, y, text, class_="object-label", text_anchor="middle")


def _scale_bar(scene: Element, view: _View) -> None:
    metres = nice_step(WIDTH / view.pixels_per_m, 6)
    length = metres * view.pixels_per_m
    right, bottom = WIDTH - 16.0, HEIGHT - 14.0
    path = f"M{right - length:.2f} {bottom - 5:.2f} V{bottom:.2f} H{right:.2f} V{bottom - 5:.2f}"
    add(scene, "path", class_="scale-bar", d=path)
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    add_text(scene, right - length / 2, bottom - 7, text, class_="scale-label", text_anchor="middle")
