"""Conjunction events from CDMs."""
