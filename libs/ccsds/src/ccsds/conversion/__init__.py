"""Messages from one format into another."""

from ccsds.conversion.converting import Conversion, convert

__all__ = ["Conversion", "convert"]
