"""What the notifier does when it is told of something."""
