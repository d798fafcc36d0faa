"""Requests to the imitated interface, and what they are answered with."""
