"""What is wrong with an address."""

__all__ = ["BadQueryError"]


class BadQueryError(Exception):
    """The address asks for something that does not exist or cannot be read."""
