"""Rows into the bodies of replies."""

from spacetrack_simulator.rendering.bodies import render
from spacetrack_simulator.rendering.values import WrittenRow, written_rows

__all__ = ["WrittenRow", "render", "written_rows"]
