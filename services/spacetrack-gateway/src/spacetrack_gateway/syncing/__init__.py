"""What Space-Track says of organizations, satellites and orbits, kept in step with what we have."""
