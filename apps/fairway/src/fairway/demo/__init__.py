"""The demonstration: a synthetic catalogue, three operators, and the main job from upload to mail."""
