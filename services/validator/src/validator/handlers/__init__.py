"""What the validator does when it is told of something."""
