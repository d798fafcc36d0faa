"""One state of an ephemeris as a message of its own."""

from __future__ import annotations

from ccsds.messages.oem import Oem
from ccsds.messages.opm import Opm, OpmMetadata, OpmState
from ccsds.messages.orbit_parts import OdmHeader, StateCovariance

__all__ = ["opm_of_state"]


def opm_of_state(oem: Oem, *, segment: int = 0, state: int = 0) -> Opm:
    """Take one state of an OEM, with the covariance of its epoch if there is one, as an OPM 2.0.

    Parameters
    ----------
    oem
        The ephemeris.
    segment, state
        Which of its segments, and which of that segment's states; counted from 0.

    Raises
    ------
    IndexError
        There is no such segment or state.
    """
    part = oem.segments[segment]
    epoch = part.epochs[state]
    covariance = None
    given = part.covariances
    if given is not None:
        same = (given.epochs == epoch).nonzero()[0]
        if same.size:
            place = int(same[0])
            covariance = StateCovariance(
                matrix=given.matrices[place], ref_frame=given.frames[place], comments=given.comments
            )
    data = part.metadata
    return Opm(
        header=OdmHeader(
            creation_date=oem.header.creation_date, originator=oem.header.originator, comments=oem.header.comments
        ),
        metadata=OpmMetadata(
            object_name=data.object_name,
            object_id=data.object_id,
            center_name=data.center_name,
            ref_frame=data.ref_frame,
            ref_frame_epoch=data.ref_frame_epoch,
            time_system=data.time_system,
            comments=data.comments,
        ),
        state=OpmState(
            epoch=epoch,
            position_km=part.positions_km[state],
            velocity_km_s=part.velocities_km_s[state],
            comments=part.comments,
        ),
        covariance=covariance,
    )
