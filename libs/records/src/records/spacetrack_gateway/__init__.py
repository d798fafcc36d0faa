"""What the Space-Track gateway stores and says: feeds and submissions."""
