"""Time scales, frames, SGP4, interpolation, encounter geometry, probability of collision and the screening engine."""
