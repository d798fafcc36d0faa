"""Runs, the engine on tasks, and conjunction events."""
