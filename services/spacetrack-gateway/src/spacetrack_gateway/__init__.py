"""What leaves for Space-Track and what is pulled from there."""
