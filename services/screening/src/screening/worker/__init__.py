"""The engine on tasks. A module of its own, so that it scales apart from the rest of screening."""
