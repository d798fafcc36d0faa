"""What the notifier stores: each message to people, with its state."""
