"""Lines, keywords, numbers and times: what all text formats share."""
