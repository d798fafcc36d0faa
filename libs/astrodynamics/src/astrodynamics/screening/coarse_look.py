"""A first look at a chunk in steps four times as long, where few primaries meet a whole catalogue.

Propagation is most of such a screening's cost, and next to nobody comes near. The look uses the sieve itself, whose
bounds hold for any step: who is left out can't come near a primary within the chunk. Who is left is screened as always,
so that the look changes no bit of the result.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from astrodynamics.screening.grid import STEP_NS, STEPS_PER_CHUNK
from astrodynamics.screening.participants import PRIMARY, Participants
from astrodynamics.timescales import SECOND_NS

if TYPE_CHECKING:
    from astrodynamics.screening.states import Trajectories
    from astrodynamics.screening.volumes import Volumes

Columns = npt.NDArray[np.int64]

STEPS_IN_ONE: Final = 4
LOOKS: Final = STEPS_PER_CHUNK // STEPS_IN_ONE
PAD_KM: Final = 5.0
"""Beyond the reach, for the curvature of relative paths over the longer step."""
_FIRST_ROOM = 1 << 12


def near_primaries(
    trajectories: "Trajectories", volumes: "Volumes", who: Participants, first_node_ns: int, longest_kind: int
) -> Columns:
    """Places among the members of those that a chunk has to be screened for: primaries and who may come near one.

    Parameters
    ----------
    trajectories, volumes, who
        As for the chunk itself.
    first_node_ns
        The chunk's first node.
    longest_kind
        Kind of trajectory, and all after it, that isn't left out: ephemerides.
    """
    from astrodynamics.screening.close_pairs import COLUMNS, FIRST, SECOND  # noqa: PLC0415 - numba, at first use
    from astrodynamics.screening.sieve import sieve_chunk  # noqa: PLC0415
    from astrodynamics.screening.states import fill_tile  # noqa: PLC0415

    step_ns = STEPS_IN_ONE * STEP_NS
    tile = np.empty((LOOKS, 6, len(who.members)))
    unmodelled_km = np.empty(len(who.members))
    fill_tile(trajectories, who.members, first_node_ns + (step_ns - STEP_NS) // 2, step_ns, tile, unmodelled_km)
    wide = volumes._replace(
        shape=np.zeros_like(volumes.shape), reach_km=np.where(volumes.reach_km > 0.0, volumes.reach_km + PAD_KM, 0.0)
    )
    candidates = np.empty((_FIRST_ROOM, COLUMNS), dtype=np.int32)
    while True:
        found = sieve_chunk(
            tile, unmodelled_km, wide, who.members, who.members_radial_gate_km + PAD_KM, who.members_gate_km + PAD_KM,
            who.members_role, who.few_primaries, 0.5 * step_ns / SECOND_NS, candidates, np.zeros(3, dtype=np.int64),
        )  # fmt: skip
        if found <= len(candidates):
            break
        candidates = np.empty((2 * found, COLUMNS), dtype=np.int32)
    stays = ~np.isfinite(tile[:, 0, :]).all(axis=0)
    stays |= (who.members_role & PRIMARY) != 0
    stays |= trajectories.kind[who.members] >= longest_kind
    stays[candidates[:found, FIRST]] = True
    stays[candidates[:found, SECOND]] = True
    return np.flatnonzero(stays)
