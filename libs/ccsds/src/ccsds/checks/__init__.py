"""What must hold between the values of a message."""
