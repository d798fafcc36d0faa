"""Where messages meet dynamics: trajectories, volumes, criteria, approaches to CDMs, CDMs to events."""
