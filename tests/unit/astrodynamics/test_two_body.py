"""Two-body motion: every conic, both directions, and the growth of errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from astrodynamics.errors import InvalidStateError
from astrodynamics.two_body import EARTH_MU_KM3_S2, propagate, state_transition

LOW = (np.array([7000.0, -1200.0, 300.0]), np.array([1.0, 7.2, -0.5]))
ECCENTRIC = (np.array([6700.0, 0.0, 0.0]), np.array([0.0, 9.0, 4.5]))
GEOSTATIONARY = (np.array([-42164.0, 10.0, 55.0]), np.array([0.0, -3.07, 0.1]))
PARABOLIC = (np.array([8000.0, 0.0, 0.0]), np.array([0.0, float(np.sqrt(2 * EARTH_MU_KM3_S2 / 8000.0)), 0.0]))
HYPERBOLIC = (np.array([7000.0, 500.0, 0.0]), np.array([1.0, 12.0, 3.0]))
ORBITS = {
    "low": LOW,
    "eccentric": ECCENTRIC,
    "geostationary": GEOSTATIONARY,
    "parabolic": PARABOLIC,
    "hyperbolic": HYPERBOLIC,
}
SYMPLECTIC = np.block([[np.zeros((3, 3)), np.eye(3)], [-np.eye(3), np.zeros((3, 3))]])


def integrated(r, v, seconds):
    """The same by numerical integration of the equations of motion."""

    def motion(_, state):
        return np.concatenate([state[3:], -EARTH_MU_KM3_S2 * state[:3] / np.linalg.norm(state[:3]) ** 3])

    solution = solve_ivp(motion, (0, seconds), np.concatenate([r, v]), method="DOP853", rtol=1e-13, atol=1e-12)
    return solution.y[:3, -1], solution.y[3:, -1]


@pytest.mark.parametrize("name", ORBITS)
@pytest.mark.parametrize("seconds", [-4000.0, 1.0, 5000.0, 86_400.0])
def test_motion_is_that_of_numerical_integration(name, seconds):
    r, v = propagate(*ORBITS[name], seconds)
    expected_r, expected_v = integrated(*ORBITS[name], seconds)
    assert np.abs(r[0] - expected_r).max() < 1e-5
    assert np.abs(v[0] - expected_v).max() < 1e-8


@pytest.mark.parametrize("name", ORBITS)
@pytest.mark.parametrize("seconds", [-4000.0, 600.0, 40_000.0])
def test_transition_is_the_derivative_of_the_motion(name, seconds):
    state = np.concatenate(ORBITS[name])
    transition = state_transition(*ORBITS[name], seconds)[0]
    for column, step in enumerate([1e-2] * 3 + [1e-5] * 3):
        offset = np.zeros(6)
        offset[column] = step
        ahead, behind = state + offset, state - offset
        difference = np.concatenate(propagate(ahead[:3], ahead[3:], seconds), axis=1) - np.concatenate(
            propagate(behind[:3], behind[3:], seconds), axis=1
        )
        expected = difference[0] / (2 * step)
        scale = np.repeat([np.abs(expected[:3]).max(), np.abs(expected[3:]).max()], 3)
        assert np.abs((transition[:, column] - expected) / scale).max() < 1e-6


@given(
    st.sampled_from(sorted(ORBITS)),
    st.floats(min_value=-90_000, max_value=90_000, allow_nan=False),
)
@settings(max_examples=60, deadline=None)
def test_transition_is_symplectic_and_undone_by_the_way_back(name, seconds):
    r0, v0 = ORBITS[name]
    forth = state_transition(r0, v0, seconds)[0]
    r, v = propagate(r0, v0, seconds)
    back = state_transition(r, v, -seconds)[0]
    scale = max(1.0, np.abs(forth).max() * np.abs(back).max())
    assert np.abs(forth.T @ SYMPLECTIC @ forth - SYMPLECTIC).max() < 1e-9 * max(1.0, np.abs(forth).max() ** 2)
    assert np.abs(back @ forth - np.eye(6)).max() < 1e-9 * scale


def test_many_states_at_once_are_each_by_itself():
    r = np.array([orbit[0] for orbit in ORBITS.values()])
    v = np.array([orbit[1] for orbit in ORBITS.values()])
    seconds = np.linspace(-3000.0, 7000.0, len(r))
    together, transitions = propagate(r, v, seconds), state_transition(r, v, seconds)
    for row in range(len(r)):
        alone = propagate(r[row], v[row], seconds[row])
        assert np.allclose(together[0][row], alone[0][0], rtol=1e-14, atol=0)
        assert np.allclose(transitions[row], state_transition(r[row], v[row], seconds[row])[0], rtol=1e-11, atol=1e-12)


def test_no_time_no_motion():
    assert np.allclose(state_transition(*LOW, 0.0)[0], np.eye(6), rtol=0, atol=1e-14)
    assert np.allclose(propagate(*LOW, 0.0)[0][0], LOW[0], rtol=0, atol=1e-11)


@pytest.mark.parametrize("r", [np.zeros(3), np.array([np.nan, 0.0, 7000.0])], ids=["centre", "not a number"])
def test_a_state_without_a_conic_is_refused(r):
    with pytest.raises(InvalidStateError):
        propagate(r, LOW[1], 10.0)
