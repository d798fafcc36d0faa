"""CDMs from Space-Track: page by page, each row once, nothing lost."""
