"""What screening stores and says: runs, tasks, coverage, CDMs of ours, conjunction events."""
