"""What screening does when it is told of something."""
