"""The keyword tables of the standards, as data."""
