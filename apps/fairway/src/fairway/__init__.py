"""The one composition root and command line."""
