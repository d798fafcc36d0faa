"""Bytes to messages, one module per kind and format."""
