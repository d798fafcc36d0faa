"""Speaking to Space-Track: addresses, replies judged by their body, one session an account."""
