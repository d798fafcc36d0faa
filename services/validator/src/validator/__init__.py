"""Decides on each document, extracts metadata and columns."""
