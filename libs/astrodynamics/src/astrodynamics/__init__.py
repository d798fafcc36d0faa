"""Time scales, frames, SGP4, interpolation, encounter geometry, probability of collision and the screening engine.

Importing this package loads none of them: ``from astrodynamics import screening`` does. Compiled kernels (numba) are
loaded when one is first used.
"""
