"""What can be asked for: controllers, classes and their columns, as `modeldef` tells them."""

from spacetrack_simulator.classes.definition import ClassDefinition, Column, Format
from spacetrack_simulator.classes.registry import CLASSES, find_class

__all__ = ["CLASSES", "ClassDefinition", "Column", "Format", "find_class"]
