"""CCSDS and related orbit messages: bytes to typed messages, rules, profiles, writers."""
