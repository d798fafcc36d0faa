"""What the gateway does when it is told of something."""
