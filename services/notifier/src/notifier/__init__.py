"""Decides who is told what, and tells them."""
