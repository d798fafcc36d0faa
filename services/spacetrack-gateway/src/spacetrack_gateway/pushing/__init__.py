"""Ephemerides and maneuver notifications to Space-Track: sent once, proved, and followed to their result."""
