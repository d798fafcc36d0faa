"""Organizations, people, tokens, sessions, satellites, dead letters, the audit log."""
