"""Real parts on one machine: each module starts one of them as a process of its own and stops it again."""
