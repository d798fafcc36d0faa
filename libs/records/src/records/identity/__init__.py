"""Who may do what: organizations, people, tokens, sessions. Written by ingest-api alone."""
