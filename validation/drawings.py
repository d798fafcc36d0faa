"""The drawings of the report, as SVG that is the same whenever the numbers are."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from support.probability_cases import cases, encounter_of

from astrodynamics import encounter, probability

EVENT = "cara.cdm.000037849_conj_000013512_20210612_084905_20210611_062043.pc2d_noadj"
"""A real event of CARA's collection with a probability of 1.0e-2."""

_INK, _ACCENT, _PALE = "#1f2937", "#b45309", "#94a3b8"


def _figure(title: str) -> tuple[Figure, mpl.axes.Axes]:
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, color=_INK, fontsize=11, loc="left")
    axes.grid(visible=True, color="#e2e8f0", linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _encounter_plane(path: Path) -> None:
    arguments = encounter_of(cases()[EVENT]["inputs"])
    r1, v1, c1, r2, v2, c2, radius = arguments
    position, velocity = r2 - r1, v2 - v1
    plane = encounter.encounter_plane(position, velocity, (c1 + c2)[:3, :3])
    ellipse, _, _ = encounter.encounter_ellipse(plane)
    figure, axes = _figure("Encounter plane: hard body, miss vector, ellipses of 1, 2 and 3 sigma")
    for sigmas in (1.0, 2.0, 3.0):
        outline = encounter.ellipse_outline(ellipse, float(plane.miss_distance_km), sigmas) * 1e3
        axes.plot(outline[:, 0], outline[:, 1], color=_ACCENT, linewidth=1.0, alpha=1.1 - 0.3 * sigmas)
    axes.add_patch(Circle((0.0, 0.0), radius, facecolor=_INK, alpha=0.8))
    axes.plot([0.0, float(plane.miss_distance_km) * 1e3], [0.0, 0.0], color=_INK, linewidth=1.0, marker=".")
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel("along the miss vector, m")
    axes.set_ylabel("across, m")
    _save(figure, path)


def _against_time(path: Path) -> None:
    curve = probability.accrual_curve(*encounter_of(cases()[EVENT]["inputs"]))
    figure, axes = _figure("Probability against time: what has accrued since the encounter began")
    axes.plot(curve.values * 1e3, curve.probability, color=_ACCENT)
    axes.set_xlabel("from closest approach, ms")
    axes.set_ylabel("probability of collision")
    _save(figure, path)


def _against_radius(path: Path) -> None:
    *states, radius = encounter_of(cases()[EVENT]["inputs"])
    radii = np.geomspace(0.1, 1000.0, 161)
    figure, axes = _figure("Probability against the combined hard-body radius")
    for method, colour, style in (("disk", _ACCENT, "-"), ("square", _INK, "--"), ("alfriend", _PALE, ":")):
        curve = probability.radius_curve(*states, radii, method=method)
        axes.loglog(curve.values, curve.probability, color=colour, linestyle=style, label=method)
    axes.axvline(radius, color=_PALE, linewidth=0.8)
    axes.set_xlabel("hard-body radius, m")
    axes.set_ylabel("probability of collision")
    axes.legend(frameon=False)
    _save(figure, path)


def _against_scale(path: Path) -> None:
    arguments = encounter_of(cases()[EVENT]["inputs"])
    factors = np.geomspace(0.05, 20.0, 201)
    curve = probability.scale_curve(*arguments, factors)
    dilution = probability.covariance_dilution(*arguments)
    figure, axes = _figure("Probability against the scale of the covariance: diluted right of the maximum")
    axes.loglog(curve.values, curve.probability, color=_ACCENT)
    axes.axvline(float(dilution.scale_factor[0]), color=_PALE, linewidth=0.8)
    axes.axvline(1.0, color=_INK, linewidth=0.8)
    highest = float(np.nanmax(curve.probability))
    axes.set_ylim(highest * 1e-6, highest * 3.0)
    axes.set_xlabel("factor on the standard deviations (1: as given; grey: the maximum)")
    axes.set_ylabel("probability of collision")
    _save(figure, path)


def _over_both_scales(path: Path) -> None:
    grid = probability.scale_factor_grid(*encounter_of(cases()[EVENT]["inputs"]))
    figure, axes = _figure(f"Probability over both scales: {grid.lowest:.1e} to {grid.highest:.1e}")
    levels = np.log10(grid.probability.T)
    lines = axes.contour(
        grid.factors_1, grid.factors_2, levels, levels=12, colors=_ACCENT, linewidths=0.9, linestyles="solid"
    )
    axes.clabel(lines, fmt=lambda value: f"1e{value:.1f}", fontsize=7)
    axes.plot(1.0, 1.0, color=_INK, marker="+")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xlabel("Kp: factor on the first object's standard deviations")
    axes.set_ylabel("Ks: factor on the second object's")
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


DRAWINGS = (
    ("encounter-plane.svg", "The encounter plane", _encounter_plane),
    ("probability-against-time.svg", "Probability against time", _against_time),
    ("probability-against-radius.svg", "Probability against hard-body radius", _against_radius),
    ("probability-against-scale.svg", "Probability against covariance scale", _against_scale),
    ("probability-over-both-scales.svg", "Probability over the scales of both covariances", _over_both_scales),
)


def draw(folder: Path) -> list[tuple[str, str]]:
    """Write every drawing into a folder; their names and captions."""
    mpl.rcParams["svg.hashsalt"] = "fairway"
    mpl.rcParams["svg.fonttype"] = "none"
    for name, _, function in DRAWINGS:
        function(folder / name)
    return [(name, caption) for name, caption, _ in DRAWINGS]
