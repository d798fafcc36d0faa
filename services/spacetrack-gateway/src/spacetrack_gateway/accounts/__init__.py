"""Accounts at Space-Track and their secrets."""
