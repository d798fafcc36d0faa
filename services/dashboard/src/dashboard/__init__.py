"""The analysts' web pages, a client of the public API."""
